// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {RegistryStorage} from "./RegistryStorage.sol";

/// @title Key records
/// @notice At most one record per institution and purpose is open. Anchor keys are kept a second time by address, so
/// that one `eth_getProof` of two words proves whose key it was and when.
abstract contract RegistryKeys is RegistryStorage {
    function _addKey(bytes32 id, NewKey memory key) internal {
        bytes32 publicKey = key.publicKey;
        KeyPurpose purpose = key.purpose;
        bool isAddress = uint256(publicKey) >> 160 == 0;
        // An address has twelve leading zero bytes; an Ed25519 key with as many is not a key anybody made.
        if (publicKey == 0 || isAddress != (purpose == KeyPurpose.Anchor)) {
            revert ConsortiumRegistryInvalidKey(purpose, publicKey);
        }
        if (_keyHolders[publicKey] != 0) revert ConsortiumRegistryKeyInUse(publicKey, _keyHolders[publicKey]);
        _closeOpenKey(id, purpose, KeyReason.Rotated);

        KeyRecord[] storage records = _keyRecords[id];
        uint256 index = records.length;
        records.push(
            KeyRecord({
                publicKey: publicKey,
                sinceBlock: _block(),
                untilBlock: 0,
                compromisedSince: 0,
                purpose: purpose,
                reason: KeyReason.None
            })
        );
        _keyHolders[publicKey] = id;
        _openRecords[id][purpose] = index + 1;
        if (purpose == KeyPurpose.Anchor) {
            AnchorKey storage byAddress = _anchorKeys[_toAddress(publicKey)];
            byAddress.member = id;
            byAddress.sinceBlock = _block();
        }
        emit KeyAdded(id, purpose, publicKey, index, key.proofOfPossession);
    }

    function _revokeKey(bytes32 id, uint256 index, KeyReason reason, uint64 compromisedSince) internal {
        if (index >= _keyRecords[id].length) revert ConsortiumRegistryUnknownKey(id, index);
        KeyRecord storage record = _keyRecords[id][index];
        KeyReason from = record.reason;
        if (reason == KeyReason.Retired) {
            if (from != KeyReason.None) revert ConsortiumRegistryInvalidRevocation(id, index, from, reason);
            if (compromisedSince != 0) revert ConsortiumRegistryInvalidCompromise(compromisedSince);
        } else if (reason == KeyReason.Compromised) {
            if (compromisedSince > _block() || compromisedSince < record.sinceBlock) {
                revert ConsortiumRegistryInvalidCompromise(compromisedSince);
            }
            if (from == KeyReason.Compromised && compromisedSince >= record.compromisedSince) {
                revert ConsortiumRegistryInvalidRevocation(id, index, from, reason);
            }
        } else {
            revert ConsortiumRegistryInvalidRevocation(id, index, from, reason);
        }
        _close(id, index, reason, compromisedSince);
    }

    function _retireAllKeys(bytes32 id) internal {
        _closeOpenKey(id, KeyPurpose.Evidence, KeyReason.Retired);
        _closeOpenKey(id, KeyPurpose.Log, KeyReason.Retired);
        _closeOpenKey(id, KeyPurpose.Anchor, KeyReason.Retired);
    }

    function _closeOpenKey(bytes32 id, KeyPurpose purpose, KeyReason reason) private {
        uint256 indexPlusOne = _openRecords[id][purpose];
        if (indexPlusOne != 0) _close(id, indexPlusOne - 1, reason, 0);
    }

    /// @dev Closes an open record, or worsens the reason of a closed one, whose end then stays where it is.
    function _close(bytes32 id, uint256 index, KeyReason reason, uint64 compromisedSince) private {
        KeyRecord storage record = _keyRecords[id][index];
        KeyPurpose purpose = record.purpose;
        if (record.reason == KeyReason.None) {
            record.untilBlock = _block();
            delete _openRecords[id][purpose];
        }
        record.reason = reason;
        record.compromisedSince = compromisedSince;
        if (purpose == KeyPurpose.Anchor) {
            AnchorKey storage byAddress = _anchorKeys[_toAddress(record.publicKey)];
            byAddress.untilBlock = record.untilBlock;
            byAddress.compromisedSince = compromisedSince;
            byAddress.reason = reason;
        }
        emit KeyClosed(id, purpose, record.publicKey, index, reason, compromisedSince);
    }

    function _toAddress(bytes32 publicKey) private pure returns (address) {
        return address(uint160(uint256(publicKey)));
    }
}
