// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IConsortiumRegistry} from "../interfaces/IConsortiumRegistry.sol";
import {IFraudBlacklist} from "../interfaces/IFraudBlacklist.sol";
import {IRegistryRecords} from "../interfaces/IRegistryRecords.sol";
import {ROLE_MEMBER, ROLE_REGULATOR} from "../registry/Roles.sol";

/// @title All of the blacklist's storage, and who may do what
/// @notice No other part declares a state variable.
abstract contract BlacklistStorage is IFraudBlacklist {
    struct Operator {
        address operator;
        uint16 index;
    }

    IConsortiumRegistry internal _registry; // slot 0, as is the one below
    uint64 internal _phaseSeconds;
    uint64 internal _ceremonyCount; // slot 1, as are the two below
    uint64 internal _challengeCount;
    uint64 internal _drawCount;
    bytes32[] internal _members; // slot 2: by index less one
    mapping(bytes32 member => Operator) internal _operators; // slot 3
    mapping(address operator => bytes32 member) internal _memberOfOperator; // slot 4
    mapping(uint64 id => Ceremony) internal _ceremonies; // slot 5
    // One bit for each phase in which the holder posted, and the two bits below.
    mapping(uint64 ceremony => mapping(uint16 index => uint256 phases)) internal _postings; // slot 6
    mapping(uint64 ceremony => mapping(bytes32 digest => uint16 count)) internal _attestations; // slot 7
    mapping(uint64 ceremony => bytes32 digest) internal _attested; // slot 8
    mapping(uint8 identifierType => KeyState) internal _keys; // slot 9
    mapping(uint8 identifierType => uint64 ceremony) internal _running; // slot 10
    mapping(bytes32 typeEpochsAndIndex => bytes32 key) internal _shareKeys; // slot 11
    mapping(bytes32 id => Entry) internal _entries; // slot 12
    mapping(bytes32 id => mapping(bytes32 member => bool)) internal _corroborated; // slot 13
    mapping(bytes32 idAndFacts => mapping(bytes32 member => uint64 second)) internal _lastDispute; // slot 14
    mapping(uint64 id => Challenge) internal _challenges; // slot 15
    mapping(bytes32 challenger => mapping(bytes32 server => uint64 id)) internal _lastChallenge; // slot 16
    mapping(uint64 id => Draw) internal _draws; // slot 17
    mapping(uint64 id => mapping(uint16 index => bytes32 commitment)) internal _drawCommitments; // slot 18

    /// @dev In `_postings`: who could join when the ceremony was opened, and who of them holds a share to deal anew. They
    /// take the places of two phases in which nobody posts.
    uint256 internal constant MAY_JOIN = 1 << uint8(Phase.None);
    uint256 internal constant DEALS = 1 << uint8(Phase.Active);
    /// @dev Members, and institutions that are neutral, may hold a share.
    uint8 internal constant HOLDER_ROLES = ROLE_MEMBER | ROLE_REGULATOR;

    /// @dev The sender's institution and index, provided that it is active and may hold a share.
    function _holder() internal view returns (bytes32 member, uint16 index) {
        member = _senderWith(HOLDER_ROLES);
        index = _operators[member].index;
    }

    /// @dev The sender's institution, provided that it is an active member.
    function _member() internal view returns (bytes32) {
        return _senderWith(ROLE_MEMBER);
    }

    function _isEligible(bytes32 member) internal view returns (bool) {
        return _operators[member].operator != address(0) && _isActiveWith(member, HOLDER_ROLES);
    }

    function _requireRoles(bytes32 member, uint8 roles) internal view {
        if (!_isActiveWith(member, roles)) revert FraudBlacklistNotEntitled(member);
    }

    function _shareKeyId(uint8 identifierType, uint32 keyEpoch, uint32 shareEpoch, uint16 index)
        internal
        pure
        returns (bytes32)
    {
        return keccak256(abi.encode(identifierType, keyEpoch, shareEpoch, index));
    }

    function _now() internal view returns (uint64) {
        return uint64(block.timestamp);
    }

    function _senderWith(uint8 roles) private view returns (bytes32 member) {
        member = _memberOfOperator[msg.sender];
        if (member == 0) revert FraudBlacklistNotOperator(msg.sender);
        _requireRoles(member, roles);
    }

    function _isActiveWith(bytes32 member, uint8 roles) private view returns (bool) {
        (IRegistryRecords.Status status, uint8 held) = _registry.standingOf(member);
        return status == IRegistryRecords.Status.Active && held & roles != 0;
    }
}
