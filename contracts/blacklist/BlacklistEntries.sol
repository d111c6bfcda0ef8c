// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IBlacklistEntries} from "../interfaces/IBlacklistEntries.sol";
import {EntryStanding} from "./EntryStanding.sol";

/// @title Listing, and vouching for what others listed
abstract contract BlacklistEntries is EntryStanding {
    /// @dev About 120,000 gas each: less than half of a block of 30 million.
    uint256 private constant MAX_BATCH = 100;
    bytes32 private constant CORROBORATE = keccak256("lz-blacklist/v1/corroborate");
    /// @dev Half of the curve's order: of the two signatures that are valid only the lower counts.
    uint256 private constant HALF_ORDER = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0;

    /// @inheritdoc IBlacklistEntries
    function list(Listing[] calldata listings) external {
        bytes32 reporter = _member();
        _checkBatch(listings.length);
        for (uint256 i = 0; i < listings.length; ++i) {
            _list(reporter, listings[i]);
        }
    }

    /// @inheritdoc IBlacklistEntries
    function renew(Renewal[] calldata renewals) external {
        _checkBatch(renewals.length);
        for (uint256 i = 0; i < renewals.length; ++i) {
            _renew(renewals[i]);
        }
    }

    /// @inheritdoc IBlacklistEntries
    function corroborate(bytes32 id, uint64 date, uint8 v, bytes32 r, bytes32 s) external {
        bytes32 member = _member();
        Entry storage found = _relied(id);
        if (found.reporter == member) revert FraudBlacklistOwnEntry(id);
        if (_corroborated[id][member]) revert FraudBlacklistAlreadyCorroborated(id, member);
        if (uint256(s) > HALF_ORDER || ecrecover(corroborationDigest(id, member, date), v, r, s) != found.key) {
            revert FraudBlacklistInvalidCorroboration(id);
        }
        _corroborated[id][member] = true;
        ++found.corroborations;
        emit EntryCorroborated(id, member, date);
    }

    /// @inheritdoc IBlacklistEntries
    function hasCorroborated(bytes32 id, bytes32 member) external view returns (bool) {
        return _corroborated[id][member];
    }

    /// @inheritdoc IBlacklistEntries
    function corroborationDigest(bytes32 id, bytes32 corroborator, uint64 date) public view returns (bytes32) {
        return keccak256(abi.encode(CORROBORATE, block.chainid, address(this), id, corroborator, date));
    }

    /// @inheritdoc IBlacklistEntries
    function entryId(bytes32 reporter, bytes32 nonce) public pure returns (bytes32) {
        return keccak256(abi.encode(reporter, nonce));
    }

    function _list(bytes32 reporter, Listing calldata given) private {
        (bytes32 id, Entry storage made) = _make(reporter, given.nonce, given.commitment, given.facts, given.key);
        uint32 current = _keys[given.identifierType].keyEpoch;
        if (current == 0 || given.keyEpoch != current) {
            revert FraudBlacklistWrongEpoch(given.identifierType, given.keyEpoch, current);
        }
        _checkExpiry(given.expiresAt, _now());
        made.listedAt = _now();
        made.expiresAt = given.expiresAt;
        made.keyEpoch = given.keyEpoch;
        made.identifierType = given.identifierType;
        emit EntryListed(
            id,
            reporter,
            given.identifierType,
            given.keyEpoch,
            given.commitment,
            given.facts,
            given.key,
            given.expiresAt
        );
    }

    function _renew(Renewal calldata given) private {
        _own(given.old);
        Entry storage old = _relied(given.old);
        if (old.facts != given.facts) revert FraudBlacklistFactsChanged(given.old);
        (bytes32 id, Entry storage made) = _make(old.reporter, given.nonce, given.commitment, given.facts, given.key);
        uint32 current = _keys[old.identifierType].keyEpoch;
        if (given.keyEpoch != current || old.keyEpoch == current) {
            revert FraudBlacklistWrongEpoch(old.identifierType, given.keyEpoch, current);
        }
        // The terms go on running from the day of the first listing.
        made.listedAt = old.listedAt;
        made.expiresAt = old.expiresAt;
        made.keyEpoch = current;
        made.identifierType = old.identifierType;
        made.corrected = old.corrected;
        old.withdrawn = true;
        emit EntryRenewed(given.old, id, current, given.commitment, given.key);
    }

    function _make(bytes32 reporter, bytes32 nonce, bytes32 commitment, bytes32 facts, address key)
        private
        returns (bytes32 id, Entry storage made)
    {
        id = entryId(reporter, nonce);
        made = _entries[id];
        if (made.reporter != 0) revert FraudBlacklistEntryExists(id);
        if (commitment == 0 || facts == 0 || key == address(0)) revert FraudBlacklistInvalidListing(id);
        made.reporter = reporter;
        made.commitment = commitment;
        made.facts = facts;
        made.key = key;
    }

    function _checkBatch(uint256 length) private pure {
        if (length == 0 || length > MAX_BATCH) revert FraudBlacklistInvalidBatch(length);
    }
}
