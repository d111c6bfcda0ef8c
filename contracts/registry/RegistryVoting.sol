// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IConsortiumRegistry} from "../interfaces/IConsortiumRegistry.sol";
import {IRegistryVoting} from "../interfaces/IRegistryVoting.sol";
import {RegistryStorage} from "./RegistryStorage.sol";

/// @title Proposals and votes
abstract contract RegistryVoting is RegistryStorage {
    /// @dev A full admission takes under 2 KiB, 256 validators 8 KiB.
    uint256 private constant MAX_CHANGE_LENGTH = 16 * 1024;

    /// @dev On the changes. A proposal's execution is the one time when the registry calls itself.
    modifier onlyByVote() {
        if (msg.sender != address(this)) revert ConsortiumRegistryOnlyByVote(msg.sender);
        _;
    }

    /// @inheritdoc IRegistryVoting
    function propose(bytes calldata change) external returns (uint256 id) {
        bytes32 proposer = _senderWithVote();
        if (change.length > MAX_CHANGE_LENGTH) revert ConsortiumRegistryChangeTooLong(change.length);
        bytes4 selector = change.length < 4 ? bytes4(0) : bytes4(change[:4]);
        if (!_isChange(selector)) revert ConsortiumRegistryUnknownChange(selector);

        id = ++_proposalCount;
        Proposal storage opened = _proposals[id];
        opened.proposer = proposer;
        opened.openedBlock = _block();
        opened.expiresAt = uint64(block.timestamp) + _votingPeriod;
        opened.change = change;
        emit ProposalOpened(id, proposer, opened.expiresAt, change);
        _castVote(id, opened, proposer);
    }

    /// @inheritdoc IRegistryVoting
    function vote(uint256 id) external {
        bytes32 voter = _senderWithVote();
        Proposal storage open = _openProposal(id);
        if (_position(open, voter) != open.voters.length) revert ConsortiumRegistryAlreadyVoted(id, voter);
        _castVote(id, open, voter);
    }

    /// @inheritdoc IRegistryVoting
    function withdrawVote(uint256 id) external {
        bytes32 voter = _senderWithVote();
        Proposal storage open = _openProposal(id);
        uint256 position = _position(open, voter);
        if (position == open.voters.length) revert ConsortiumRegistryNotVoted(id, voter);
        open.voters[position] = open.voters[open.voters.length - 1];
        open.voters.pop();
        emit VoteWithdrawn(id, voter);
    }

    /// @inheritdoc IRegistryVoting
    function execute(uint256 id) external {
        _senderWithVote();
        Proposal storage open = _openProposal(id);
        uint32 votes = _countVotes(open);
        if (votes < _threshold) revert ConsortiumRegistryNotEnoughVotes(id, votes, _threshold);
        _execute(id, open);
    }

    /// @inheritdoc IRegistryVoting
    function proposal(uint256 id) external view returns (ProposalView memory) {
        Proposal storage found = _knownProposal(id);
        return ProposalView({
            proposer: found.proposer,
            openedBlock: found.openedBlock,
            expiresAt: found.expiresAt,
            executed: found.executed,
            votes: _countVotes(found),
            voters: found.voters,
            change: found.change
        });
    }

    /// @inheritdoc IRegistryVoting
    function proposalCount() external view returns (uint64) {
        return _proposalCount;
    }

    /// @inheritdoc IRegistryVoting
    function threshold() external view returns (uint32) {
        return _threshold;
    }

    /// @inheritdoc IRegistryVoting
    function voterCount() external view returns (uint32) {
        return _voterCount;
    }

    /// @inheritdoc IRegistryVoting
    function votingPeriod() external view returns (uint64) {
        return _votingPeriod;
    }

    function _castVote(uint256 id, Proposal storage open, bytes32 voter) private {
        open.voters.push(voter);
        emit VoteCast(id, voter);
        if (_countVotes(open) >= _threshold) _execute(id, open);
    }

    /// @dev Marked as executed before the call: whatever the change does, it cannot run twice.
    function _execute(uint256 id, Proposal storage open) private {
        open.executed = true;
        (bool success, bytes memory reason) = address(this).call(open.change);
        if (!success) {
            if (reason.length == 0) revert ConsortiumRegistryChangeFailed(id);
            assembly ("memory-safe") {
                revert(add(reason, 0x20), mload(reason))
            }
        }
        emit ProposalExecuted(id);
    }

    function _senderWithVote() private view returns (bytes32 id) {
        id = _sender();
        if (!_isVoter(id)) revert ConsortiumRegistryNotVoter(id);
    }

    function _knownProposal(uint256 id) private view returns (Proposal storage) {
        if (id == 0 || id > _proposalCount) revert ConsortiumRegistryUnknownProposal(id);
        return _proposals[id];
    }

    function _openProposal(uint256 id) private view returns (Proposal storage open) {
        open = _knownProposal(id);
        if (open.executed) revert ConsortiumRegistryProposalAlreadyExecuted(id);
        if (block.timestamp > open.expiresAt) revert ConsortiumRegistryProposalExpired(id, open.expiresAt);
    }

    /// @dev Counts the votes of those who may vote now; who was suspended since counts again once reinstated.
    function _countVotes(Proposal storage counted) private view returns (uint32 votes) {
        uint256 length = counted.voters.length;
        for (uint256 i = 0; i < length; ++i) {
            if (_isVoter(counted.voters[i])) ++votes;
        }
    }

    /// @dev Position of the institution's vote, or the number of votes when it has none.
    function _position(Proposal storage open, bytes32 voter) private view returns (uint256 position) {
        uint256 length = open.voters.length;
        while (position < length && open.voters[position] != voter) ++position;
    }

    function _isChange(bytes4 selector) private pure returns (bool) {
        return selector == IConsortiumRegistry.admitMember.selector
            || selector == IConsortiumRegistry.setRoles.selector || selector == IConsortiumRegistry.addKey.selector
            || selector == IConsortiumRegistry.revokeKey.selector
            || selector == IConsortiumRegistry.suspendMember.selector
            || selector == IConsortiumRegistry.reinstateMember.selector
            || selector == IConsortiumRegistry.removeMember.selector
            || selector == IConsortiumRegistry.changeAdmin.selector
            || selector == IConsortiumRegistry.changeEndpoint.selector
            || selector == IConsortiumRegistry.openGeneration.selector
            || selector == IConsortiumRegistry.setThreshold.selector
            || selector == IConsortiumRegistry.setVotingPeriod.selector
            || selector == IConsortiumRegistry.setValidators.selector;
    }
}
