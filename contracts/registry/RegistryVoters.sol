// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {RegistryStorage} from "./RegistryStorage.sol";

/// @title The number of voters and the threshold, which bound each other
/// @notice Invariant after every transaction: 1 <= threshold <= voterCount <= 256, and voterCount is the number of
/// active institutions with the role `member`.
abstract contract RegistryVoters is RegistryStorage {
    /// @dev Counting a proposal's votes costs about 4,300 gas each; 256 keep it near a million.
    uint32 private constant MAX_VOTERS = 256;
    /// @dev Long enough for people to look at a proposal, short enough that forgotten ones do not lie in wait.
    uint64 private constant MIN_VOTING_PERIOD = 1 hours;
    uint64 private constant MAX_VOTING_PERIOD = 366 days;

    /// @dev To be called after a change to an institution's status or roles.
    function _recountVoter(bytes32 id, bool votedBefore) internal {
        bool votesNow = _isVoter(id);
        if (votesNow == votedBefore) return;
        if (votesNow) {
            if (_voterCount == MAX_VOTERS) revert ConsortiumRegistryTooManyVoters();
            ++_voterCount;
            return;
        }
        if (_voterCount == 1) revert ConsortiumRegistryLastVoter(id);
        --_voterCount;
        // Unanimity stays unanimity among those who remain. The alternative, to refuse, would let a member that
        // is to be suspended prevent it, and hold back a member that wants to leave.
        if (_threshold > _voterCount) _writeThreshold(_voterCount);
    }

    function _setThreshold(uint32 threshold_) internal {
        if (threshold_ == 0 || threshold_ > _voterCount) {
            revert ConsortiumRegistryInvalidThreshold(threshold_, _voterCount);
        }
        _writeThreshold(threshold_);
    }

    function _setVotingPeriod(uint64 period) internal {
        if (period < MIN_VOTING_PERIOD || period > MAX_VOTING_PERIOD) {
            revert ConsortiumRegistryInvalidVotingPeriod(period);
        }
        uint64 previous = _votingPeriod;
        _votingPeriod = period;
        emit VotingPeriodChanged(previous, period);
    }

    function _writeThreshold(uint32 threshold_) private {
        uint32 previous = _threshold;
        _threshold = threshold_;
        emit ThresholdChanged(previous, threshold_);
    }
}
