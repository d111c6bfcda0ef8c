// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IHeldKeys} from "../interfaces/IHeldKeys.sol";
import {CeremonyPhases} from "./CeremonyPhases.sol";

/// @title Who acts for an institution, and the keys that ceremonies ended with
abstract contract HeldKeys is CeremonyPhases {
    /// @dev Of K, and of each row of index and K_j.
    uint256 private constant KEY = 32;
    uint256 private constant ROW = 34;
    /// @dev Joins byte strings as `blacklist/domain/oprf/framing.py` does: two bytes of length before each.
    bytes private constant ATTEST = "lz-blacklist/v1/attest";

    /// @inheritdoc IHeldKeys
    function setOperator(address operator) external {
        bytes32 member = _registry.memberOfAdmin(msg.sender);
        if (member == 0) revert FraudBlacklistNotAdmin(msg.sender);
        _requireRoles(member, HOLDER_ROLES);
        if (operator == address(0) || _memberOfOperator[operator] != 0) {
            revert FraudBlacklistInvalidOperator(operator);
        }
        Operator storage own = _operators[member];
        if (own.index == 0) {
            _members.push(member);
            // Each was admitted by vote, so that two bytes are never too short.
            own.index = uint16(_members.length);
        } else {
            delete _memberOfOperator[own.operator];
        }
        own.operator = operator;
        _memberOfOperator[operator] = member;
        emit OperatorChanged(member, own.index, operator);
    }

    /// @inheritdoc IHeldKeys
    function activate(uint64 id, bytes calldata keys) external {
        Ceremony storage open = _knownCeremony(id);
        if (open.phase != Phase.Attesting) revert FraudBlacklistWrongPhase(id, Phase.Attesting, open.phase);
        bytes32 digest = _attestationDigest(id, keys);
        if (digest != _attested[id]) {
            revert FraudBlacklistNotAttested(id, digest, _attestations[id][digest], _attestationsNeeded(open));
        }
        _store(id, open, keys);
        open.phase = Phase.Active;
        _running[open.identifierType] = 0;
        emit KeyActivated(id, open.identifierType, open.keyEpoch, open.shareEpoch, keys);
    }

    /// @inheritdoc IHeldKeys
    function keyState(uint8 identifierType) external view returns (KeyState memory) {
        return _keys[identifierType];
    }

    /// @inheritdoc IHeldKeys
    function shareKey(uint8 identifierType, uint32 keyEpoch, uint32 shareEpoch, uint16 index)
        external
        view
        returns (bytes32)
    {
        return _shareKeys[_shareKeyId(identifierType, keyEpoch, shareEpoch, index)];
    }

    /// @inheritdoc IHeldKeys
    function memberOfOperator(address operator) external view returns (bytes32) {
        return _memberOfOperator[operator];
    }

    /// @inheritdoc IHeldKeys
    function operatorOf(bytes32 member) external view returns (address operator, uint16 index) {
        Operator storage found = _operators[member];
        return (found.operator, found.index);
    }

    function _store(uint64 id, Ceremony storage open, bytes calldata keys) private {
        KeyState storage current = _keys[open.identifierType];
        if (keys.length != KEY + ROW * open.joined) revert FraudBlacklistInvalidKeys();
        bytes32 key = bytes32(keys[:KEY]);
        if (key == 0 || (open.kind == Kind.Resharing && key != current.key)) revert FraudBlacklistInvalidKeys();
        uint16 last = 0;
        for (uint256 place = KEY; place < keys.length; place += ROW) {
            uint16 index = uint16(bytes2(keys[place:place + 2]));
            bytes32 share = bytes32(keys[place + 2:place + ROW]);
            if (index <= last || share == 0) revert FraudBlacklistInvalidKeys();
            last = index;
            _shareKeys[_shareKeyId(open.identifierType, open.keyEpoch, open.shareEpoch, index)] = share;
        }
        current.key = key;
        current.keyEpoch = open.keyEpoch;
        current.shareEpoch = open.shareEpoch;
        current.threshold = open.threshold;
        current.holders = open.joined;
        current.ceremony = id;
        current.activeSinceBlock = uint64(block.number);
    }

    function _attestationDigest(uint64 id, bytes calldata keys) private pure returns (bytes32) {
        return sha256(
            abi.encodePacked(uint16(ATTEST.length), ATTEST, uint16(8), id, uint16(keys.length), keys)
        );
    }
}
