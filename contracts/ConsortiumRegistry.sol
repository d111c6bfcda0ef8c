// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IConsortiumRegistry} from "./interfaces/IConsortiumRegistry.sol";
import {RegistryMembers} from "./registry/RegistryMembers.sol";
import {RegistryViews} from "./registry/RegistryViews.sol";
import {RegistryVoting} from "./registry/RegistryVoting.sol";

/// @title Consortium registry
/// @notice Members, keys, roles, votes and validators in one contract, because QBFT calls the contract that holds the
/// validators, and whoever decides on members decides on validators. No owner, no proxy, no immutables: what the
/// constructor writes is storage and can as well stand in a genesis allocation.
contract ConsortiumRegistry is RegistryMembers, RegistryVoting, RegistryViews {
    /// @param founders institutions that take part from the start, with their keys.
    /// @param threshold_ votes that a proposal needs, 1 to the number of founders with the role `member`.
    /// @param votingPeriod_ seconds, one hour to 366 days.
    /// @param validators_ strictly ascending; empty on a chain that does not take its validators from here.
    /// @param evidenceAnchor_ where the anchor contract is or will be. The two name each other, so one address is
    /// computed before it is taken; it never changes, since another anchor contract would forget all heads.
    constructor(
        NewMember[] memory founders,
        uint32 threshold_,
        uint64 votingPeriod_,
        address[] memory validators_,
        address evidenceAnchor_
    ) {
        _evidenceAnchor = evidenceAnchor_;
        for (uint256 i = 0; i < founders.length; ++i) {
            _admit(founders[i]);
        }
        if (validators_.length != 0) _setValidators(validators_);
        _setThreshold(threshold_);
        _setVotingPeriod(votingPeriod_);
    }

    /// @inheritdoc IConsortiumRegistry
    function admitMember(NewMember memory newcomer) external onlyByVote {
        _admit(newcomer);
    }

    /// @inheritdoc IConsortiumRegistry
    function setRoles(bytes32 id, uint8 roles) external onlyByVote {
        _setRoles(id, roles);
    }

    /// @inheritdoc IConsortiumRegistry
    function addKey(bytes32 id, NewKey memory key) external onlyByVote {
        _present(id);
        _addKey(id, key);
    }

    /// @inheritdoc IConsortiumRegistry
    function revokeKey(bytes32 id, uint256 index, KeyReason reason, uint64 compromisedSince) external onlyByVote {
        _known(id);
        _revokeKey(id, index, reason, compromisedSince);
    }

    /// @inheritdoc IConsortiumRegistry
    function suspendMember(bytes32 id) external onlyByVote {
        _suspend(id);
    }

    /// @inheritdoc IConsortiumRegistry
    function reinstateMember(bytes32 id) external onlyByVote {
        _reinstate(id);
    }

    /// @inheritdoc IConsortiumRegistry
    function removeMember(bytes32 id) external onlyByVote {
        _end(id, true);
    }

    /// @inheritdoc IConsortiumRegistry
    function changeAdmin(bytes32 id, address admin) external onlyByVote {
        _changeAdmin(id, admin);
    }

    /// @inheritdoc IConsortiumRegistry
    function changeEndpoint(bytes32 id, string memory endpoint) external onlyByVote {
        _changeEndpoint(id, endpoint);
    }

    /// @inheritdoc IConsortiumRegistry
    function openGeneration(bytes32 id, uint64 generation, uint64 oldSize, bytes32 oldRoot) external onlyByVote {
        _openGeneration(id, generation, oldSize, oldRoot);
    }

    /// @inheritdoc IConsortiumRegistry
    function setThreshold(uint32 threshold_) external onlyByVote {
        _setThreshold(threshold_);
    }

    /// @inheritdoc IConsortiumRegistry
    function setVotingPeriod(uint64 period) external onlyByVote {
        _setVotingPeriod(period);
    }

    /// @inheritdoc IConsortiumRegistry
    function setValidators(address[] memory validators_) external onlyByVote {
        _setValidators(validators_);
    }

    /// @inheritdoc IConsortiumRegistry
    function setEndpoint(string memory endpoint) external {
        _changeEndpoint(_sender(), endpoint);
    }

    /// @inheritdoc IConsortiumRegistry
    function resign() external {
        _end(_sender(), false);
    }
}
