// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IConsortiumRegistry} from "../interfaces/IConsortiumRegistry.sol";
import {RegistryStorage} from "./RegistryStorage.sol";

/// @title What others read of the registry
abstract contract RegistryViews is RegistryStorage {
    /// @inheritdoc IConsortiumRegistry
    function getValidators() external view returns (address[] memory) {
        return _validators;
    }

    /// @inheritdoc IConsortiumRegistry
    function memberOfAnchorKey(address key) external view returns (bytes32) {
        AnchorKey storage found = _anchorKeys[key];
        return found.reason == KeyReason.None && _isVoter(found.member) ? found.member : bytes32(0);
    }

    /// @inheritdoc IConsortiumRegistry
    function anchorAuthority(address key)
        external
        view
        returns (bytes32 id, bool open, Status status, uint8 roles, uint64 generation)
    {
        AnchorKey storage found = _anchorKeys[key];
        id = found.member;
        Member storage holder = _members[id];
        return (id, id != 0 && found.reason == KeyReason.None, holder.status, holder.roles, holder.generation);
    }

    /// @inheritdoc IConsortiumRegistry
    function anchorKey(address key) external view returns (AnchorKey memory) {
        return _anchorKeys[key];
    }

    /// @inheritdoc IConsortiumRegistry
    function memberOfAdmin(address admin) external view returns (bytes32) {
        return _memberOfAdmin[admin];
    }

    /// @inheritdoc IConsortiumRegistry
    function member(bytes32 id) external view returns (Member memory) {
        return _known(id);
    }

    /// @inheritdoc IConsortiumRegistry
    function standingOf(bytes32 id) external view returns (Status status, uint8 roles) {
        Member storage found = _members[id];
        return (found.status, found.roles);
    }

    /// @inheritdoc IConsortiumRegistry
    function memberIds() external view returns (bytes32[] memory) {
        return _memberIds;
    }

    /// @inheritdoc IConsortiumRegistry
    function memberCount() external view returns (uint256) {
        return _memberIds.length;
    }

    /// @inheritdoc IConsortiumRegistry
    function memberIdsPage(uint256 offset, uint256 limit) external view returns (bytes32[] memory page) {
        page = new bytes32[](_pageLength(_memberIds.length, offset, limit));
        for (uint256 i = 0; i < page.length; ++i) {
            page[i] = _memberIds[offset + i];
        }
    }

    /// @inheritdoc IConsortiumRegistry
    function keyRecords(bytes32 id) external view returns (KeyRecord[] memory) {
        _known(id);
        return _keyRecords[id];
    }

    /// @inheritdoc IConsortiumRegistry
    function keyRecordCount(bytes32 id) external view returns (uint256) {
        _known(id);
        return _keyRecords[id].length;
    }

    /// @inheritdoc IConsortiumRegistry
    function keyRecordsPage(bytes32 id, uint256 offset, uint256 limit)
        external
        view
        returns (KeyRecord[] memory page)
    {
        _known(id);
        KeyRecord[] storage records = _keyRecords[id];
        page = new KeyRecord[](_pageLength(records.length, offset, limit));
        for (uint256 i = 0; i < page.length; ++i) {
            page[i] = records[offset + i];
        }
    }

    /// @inheritdoc IConsortiumRegistry
    function generationOf(bytes32 id) external view returns (uint64) {
        return _known(id).generation;
    }

    /// @inheritdoc IConsortiumRegistry
    function evidenceAnchor() external view returns (address) {
        return _evidenceAnchor;
    }

    function _pageLength(uint256 length, uint256 offset, uint256 limit) private pure returns (uint256) {
        if (offset >= length) return 0;
        uint256 left = length - offset;
        return limit < left ? limit : left;
    }
}
