// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IConsortiumRegistry} from "../interfaces/IConsortiumRegistry.sol";
import {ROLE_MEMBER} from "./Roles.sol";

/// @title All of the registry's storage, and the questions that every part asks of it
/// @notice No other part declares a state variable. The layout is pinned by a test and described slot by slot in
/// docs/spec/contracts.md: QBFT reads slot 0, and courts read slots 2 and 4 through `eth_getProof`.
abstract contract RegistryStorage is IConsortiumRegistry {
    /// @dev What a proposal's change needs to be voted on; see `ProposalView`.
    struct Proposal {
        bytes32 proposer;
        uint64 openedBlock;
        uint64 expiresAt;
        bool executed;
        bytes32[] voters;
        bytes change;
    }

    address[] internal _validators; // slot 0
    bytes32[] internal _memberIds; // slot 1
    mapping(bytes32 member => Member) internal _members; // slot 2
    mapping(bytes32 member => KeyRecord[]) internal _keyRecords; // slot 3
    mapping(address key => AnchorKey) internal _anchorKeys; // slot 4
    // Index plus one of the open record of each purpose; 0 where there is none.
    mapping(bytes32 member => mapping(KeyPurpose => uint256)) internal _openRecords; // slot 5
    mapping(address admin => bytes32 member) internal _memberOfAdmin; // slot 6
    // Who ever held a key or an origin. Never cleared.
    mapping(bytes32 publicKey => bytes32 member) internal _keyHolders; // slot 7
    mapping(bytes32 originHash => bytes32 member) internal _originHolders; // slot 8
    mapping(uint256 id => Proposal) internal _proposals; // slot 9
    uint64 internal _votingPeriod; // slot 10, as are the three below
    uint64 internal _proposalCount;
    uint32 internal _threshold;
    uint32 internal _voterCount;
    address internal _evidenceAnchor; // slot 11

    /// @dev The institution, provided that it was ever admitted.
    function _known(bytes32 id) internal view returns (Member storage found) {
        found = _members[id];
        if (found.status == Status.None) revert ConsortiumRegistryUnknownMember(id);
    }

    /// @dev The institution, provided that it is active or suspended.
    function _present(bytes32 id) internal view returns (Member storage found) {
        found = _known(id);
        if (found.status == Status.Left) revert ConsortiumRegistryWrongStatus(id, Status.Left);
    }

    /// @dev The institution that the sender speaks for, provided that it is active.
    function _sender() internal view returns (bytes32 id) {
        id = _memberOfAdmin[msg.sender];
        if (id == 0) revert ConsortiumRegistryNotAdmin(msg.sender);
        if (_members[id].status != Status.Active) revert ConsortiumRegistryNotActive(id);
    }

    /// @dev Votes and anchors are for active institutions with the role `member`.
    function _isVoter(bytes32 id) internal view returns (bool) {
        Member storage candidate = _members[id];
        return candidate.status == Status.Active && candidate.roles & ROLE_MEMBER != 0;
    }

    function _block() internal view returns (uint64) {
        return uint64(block.number);
    }
}
