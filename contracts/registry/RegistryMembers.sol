// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IEvidenceAnchor} from "../interfaces/IEvidenceAnchor.sol";
import {RegistryKeys} from "./RegistryKeys.sol";
import {RegistryVoters} from "./RegistryVoters.sol";
import {ALL_ROLES} from "./Roles.sol";

/// @title Institutions: admission, roles, status, admin, endpoint, log generation, validators
abstract contract RegistryMembers is RegistryKeys, RegistryVoters {
    /// @dev Longer than any host name with a path that people type.
    uint256 private constant MAX_ENDPOINT_LENGTH = 256;
    /// @dev The origin is a line of every checkpoint and a part of every key name.
    uint256 private constant MAX_ORIGIN_LENGTH = 128;
    /// @dev More validators than any QBFT network was reported to run.
    uint256 private constant MAX_VALIDATORS = 256;

    function _admit(NewMember memory newcomer) internal {
        bytes32 id = newcomer.id;
        if (id == 0 || newcomer.nameHash == 0) revert ConsortiumRegistryInvalidIdentity(id, newcomer.nameHash);
        if (_members[id].status != Status.None) revert ConsortiumRegistryMemberExists(id);
        _checkRoles(newcomer.roles);
        _checkEndpoint(newcomer.endpoint);
        _claimOrigin(id, newcomer.logOrigin);
        _claimAdmin(id, newcomer.admin);

        _memberIds.push(id);
        Member storage added = _members[id];
        added.sinceBlock = _block();
        added.roles = newcomer.roles;
        added.status = Status.Active;
        added.nameHash = newcomer.nameHash;
        added.admin = newcomer.admin;
        added.endpoint = newcomer.endpoint;
        added.logOrigin = newcomer.logOrigin;
        emit MemberAdmitted(
            id, newcomer.nameHash, newcomer.admin, newcomer.roles, newcomer.endpoint, newcomer.logOrigin
        );
        _recountVoter(id, false);
        for (uint256 i = 0; i < newcomer.keys.length; ++i) {
            _addKey(id, newcomer.keys[i]);
        }
    }

    function _setRoles(bytes32 id, uint8 roles) internal {
        Member storage changed = _present(id);
        _checkRoles(roles);
        bool voted = _isVoter(id);
        uint8 previous = changed.roles;
        changed.roles = roles;
        emit MemberRolesChanged(id, previous, roles);
        _recountVoter(id, voted);
    }

    function _suspend(bytes32 id) internal {
        _move(id, Status.Active, Status.Suspended);
        emit MemberSuspended(id);
    }

    function _reinstate(bytes32 id) internal {
        _move(id, Status.Suspended, Status.Active);
        emit MemberReinstated(id);
    }

    /// @dev The admin's address becomes free, keys and origin do not.
    function _end(bytes32 id, bool byVote) internal {
        Member storage ended = _present(id);
        bool voted = _isVoter(id);
        ended.status = Status.Left;
        ended.untilBlock = _block();
        delete _memberOfAdmin[ended.admin];
        emit MemberLeft(id, byVote);
        _retireAllKeys(id);
        _recountVoter(id, voted);
    }

    function _changeAdmin(bytes32 id, address admin) internal {
        Member storage changed = _present(id);
        address previous = changed.admin;
        _claimAdmin(id, admin);
        delete _memberOfAdmin[previous];
        changed.admin = admin;
        emit MemberAdminChanged(id, previous, admin);
    }

    function _changeEndpoint(bytes32 id, string memory endpoint) internal {
        Member storage changed = _present(id);
        _checkEndpoint(endpoint);
        changed.endpoint = endpoint;
        emit MemberEndpointChanged(id, endpoint);
    }

    /// @dev Naming the head makes voters look at it, and makes the vote void if the member anchors in between.
    function _openGeneration(bytes32 id, uint64 generation, uint64 oldSize, bytes32 oldRoot) internal {
        Member storage changed = _present(id);
        uint64 current = changed.generation;
        if (generation != current + 1) revert ConsortiumRegistryWrongGeneration(id, generation, current + 1);
        address anchorContract = _evidenceAnchor;
        if (anchorContract.code.length == 0) revert ConsortiumRegistryAnchorMissing(anchorContract);
        // The head's index and block are not part of what voters name.
        // slither-disable-next-line unused-return
        (uint64 size,,, bytes32 root) = IEvidenceAnchor(anchorContract).head(id, current);
        if (size != oldSize || root != oldRoot) revert ConsortiumRegistryHeadMismatch(id, size, root);
        changed.generation = generation;
        emit LogGenerationOpened(id, generation, oldSize, oldRoot);
    }

    /// @dev Ascending order rules out duplicates in one pass, and is the order in which QBFT headers list them.
    function _setValidators(address[] memory validators_) internal {
        if (validators_.length == 0 || validators_.length > MAX_VALIDATORS) {
            revert ConsortiumRegistryInvalidValidators();
        }
        address last = address(0);
        for (uint256 i = 0; i < validators_.length; ++i) {
            if (validators_[i] <= last) revert ConsortiumRegistryInvalidValidators();
            last = validators_[i];
        }
        _validators = validators_;
        emit ValidatorsChanged(validators_);
    }

    function _move(bytes32 id, Status from, Status to) private {
        Member storage moved = _known(id);
        if (moved.status != from) revert ConsortiumRegistryWrongStatus(id, moved.status);
        bool voted = _isVoter(id);
        moved.status = to;
        _recountVoter(id, voted);
    }

    function _claimAdmin(bytes32 id, address admin) private {
        if (admin == address(0)) revert ConsortiumRegistryInvalidAdmin(admin);
        if (_memberOfAdmin[admin] != 0) revert ConsortiumRegistryAdminInUse(admin, _memberOfAdmin[admin]);
        _memberOfAdmin[admin] = id;
    }

    function _claimOrigin(bytes32 id, string memory origin) private {
        if (!_isPrintable(origin, MAX_ORIGIN_LENGTH, "+")) revert ConsortiumRegistryInvalidOrigin(origin);
        bytes32 originHash = keccak256(bytes(origin));
        if (_originHolders[originHash] != 0) {
            revert ConsortiumRegistryOriginInUse(origin, _originHolders[originHash]);
        }
        _originHolders[originHash] = id;
    }

    function _checkRoles(uint8 roles) private pure {
        if (roles == 0 || roles & ~ALL_ROLES != 0) revert ConsortiumRegistryInvalidRoles(roles);
    }

    function _checkEndpoint(string memory endpoint) private pure {
        // Space is below the printable range already, so that nothing more is forbidden.
        if (!_isPrintable(endpoint, MAX_ENDPOINT_LENGTH, " ")) revert ConsortiumRegistryInvalidEndpoint(endpoint);
    }

    /// @dev Printable ASCII without spaces: no second spelling looks alike, and no line of a signed note can be forged.
    function _isPrintable(string memory text, uint256 maxLength, bytes1 forbidden) private pure returns (bool) {
        bytes memory raw = bytes(text);
        if (raw.length == 0 || raw.length > maxLength) return false;
        for (uint256 i = 0; i < raw.length; ++i) {
            if (raw[i] < 0x21 || raw[i] > 0x7e || raw[i] == forbidden) return false;
        }
        return true;
    }
}
