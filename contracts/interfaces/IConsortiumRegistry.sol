// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IRegistryRecords} from "./IRegistryRecords.sol";
import {IRegistryVoting} from "./IRegistryVoting.sol";

/// @title Who takes part in the consortium, with which keys, and who seals its blocks
/// @notice Nobody owns the registry. After the founding, everything but a member's own endpoint and its own leave
/// is changed by vote (see `IRegistryVoting`), and the deployer has no say.
interface IConsortiumRegistry is IRegistryRecords, IRegistryVoting {
    // Changes: callable by the registry itself only, as executed proposals.

    /// @notice Admits an institution with its first keys.
    function admitMember(NewMember calldata newcomer) external;

    /// @notice Replaces the roles of an active or suspended institution.
    function setRoles(bytes32 member, uint8 roles) external;

    /// @notice Adds a key, and closes the open record of the same purpose as rotated.
    function addKey(bytes32 member, NewKey calldata key) external;

    /// @notice Closes a record as retired or compromised, marks a closed one as compromised, or moves a compromise to an
    /// earlier block. Never later: evidence that was refuted once must not come back.
    /// @param compromisedSince first block from which the key must not be trusted; 0 for a retired key.
    function revokeKey(bytes32 member, uint256 index, KeyReason reason, uint64 compromisedSince) external;

    /// @notice Takes every right from an active institution for the time being; its records stay open.
    function suspendMember(bytes32 member) external;

    function reinstateMember(bytes32 member) external;

    /// @notice Ends an institution's membership for ever and closes its open keys as retired.
    function removeMember(bytes32 member) external;

    function changeAdmin(bytes32 member, address admin) external;

    function changeEndpoint(bytes32 member, string calldata endpoint) external;

    /// @notice Ends a log generation at the head named and opens the next one, which starts from an empty log.
    /// @param generation the current generation plus one.
    /// @param oldSize size of the anchor contract's head of the current generation, 0 if there is none.
    /// @param oldRoot its root.
    function openGeneration(bytes32 member, uint64 generation, uint64 oldSize, bytes32 oldRoot) external;

    function setThreshold(uint32 threshold_) external;

    /// @param period seconds for which proposals opened from now on stay open.
    function setVotingPeriod(uint64 period) external;

    /// @param validators_ strictly ascending addresses.
    function setValidators(address[] calldata validators_) external;

    // What a member does by itself.

    /// @notice Moves the caller's own endpoint.
    function setEndpoint(string calldata endpoint) external;

    /// @notice Ends the caller's membership for ever.
    function resign() external;

    // Views.

    /// @notice The validator set, as QBFT's validator contract mode asks for it.
    function getValidators() external view returns (address[] memory);

    /// @return the institution whose open anchor key this address is, provided that it is active and holds the
    /// role `member`; otherwise 0.
    function memberOfAnchorKey(address key) external view returns (bytes32);

    /// @notice All that the anchor contract asks about a sender, in one call.
    /// @return member whose key it is or was, 0 for an unknown address.
    /// @return open whether the key record is open.
    /// @return status where the institution stands.
    /// @return roles its roles.
    /// @return generation its current log generation.
    function anchorAuthority(address key)
        external
        view
        returns (bytes32 member, bool open, Status status, uint8 roles, uint64 generation);

    /// @return the record behind an anchor key's address; all zero for an unknown one.
    function anchorKey(address key) external view returns (AnchorKey memory);

    /// @return the institution whose admin this is, 0 for none. Says nothing about its status.
    function memberOfAdmin(address admin) external view returns (bytes32);

    /// @notice Reverts for an unknown id.
    function member(bytes32 id) external view returns (Member memory);

    /// @notice What other contracts ask about an institution at every call.
    /// @return status `None` for an unknown id.
    /// @return roles its roles.
    function standingOf(bytes32 id) external view returns (Status status, uint8 roles);

    /// @return ids of all institutions ever admitted, in order of admission.
    function memberIds() external view returns (bytes32[] memory);

    function memberCount() external view returns (uint256);

    /// @return at most `limit` ids from `offset`; shorter or empty at the end.
    function memberIdsPage(uint256 offset, uint256 limit) external view returns (bytes32[] memory);

    /// @notice Reverts for an unknown id.
    function keyRecords(bytes32 id) external view returns (KeyRecord[] memory);

    function keyRecordCount(bytes32 id) external view returns (uint256);

    /// @return at most `limit` records from `offset`; shorter or empty at the end.
    function keyRecordsPage(bytes32 id, uint256 offset, uint256 limit) external view returns (KeyRecord[] memory);

    /// @return the current log generation. Reverts for an unknown id.
    function generationOf(bytes32 id) external view returns (uint64);

    /// @return the contract whose heads `openGeneration` compares with.
    function evidenceAnchor() external view returns (address);
}
