// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IBlacklistEntries} from "../interfaces/IBlacklistEntries.sol";
import {BlacklistStorage} from "./BlacklistStorage.sol";

/// @title Listing, and what follows from the law
abstract contract BlacklistEntries is BlacklistStorage {
    uint256 private constant MAX_BATCH = 200;
    /// @dev Five years after the end of the conduct (征信业管理条例, article 16), in whole months.
    uint64 private constant MAX_TERM = (5 * 366 + 31) * 1 days;
    /// @dev A dispute is answered within twenty days (article 25).
    uint64 private constant DISPUTE_TERM = 20 days;
    bytes32 private constant CORROBORATE = keccak256("lz-blacklist/v1/corroborate");
    /// @dev Half of the curve's order: of the two signatures that are valid only the lower counts.
    uint256 private constant HALF_ORDER = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0;

    /// @inheritdoc IBlacklistEntries
    function list(Listing[] calldata listings) external {
        bytes32 reporter = _member();
        if (listings.length == 0 || listings.length > MAX_BATCH) revert FraudBlacklistInvalidBatch(listings.length);
        for (uint256 i = 0; i < listings.length; ++i) {
            _list(reporter, listings[i]);
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
    function dispute(bytes32 id, bytes32 statement) external {
        bytes32 member = _member();
        Entry storage found = _relied(id);
        found.disputedAt = _now();
        emit EntryDisputed(id, member, statement, _now() + DISPUTE_TERM);
    }

    /// @inheritdoc IBlacklistEntries
    function decide(bytes32 id, Decision decision, bytes32 reasons, bytes32 facts, uint64 expiresAt) external {
        Entry storage found = _own(id);
        Standing now_ = standing(id);
        if (now_ != Standing.Disputed && now_ != Standing.Overdue) revert FraudBlacklistWrongStanding(id, now_);
        if (decision == Decision.None || (decision != Decision.Corrected && (facts != 0 || expiresAt != 0))) {
            revert FraudBlacklistInvalidDecision(decision);
        }
        found.disputedAt = 0;
        emit DisputeDecided(id, decision, reasons, now_ == Standing.Disputed);
        if (decision == Decision.Corrected) _correct(id, found, facts, expiresAt);
        if (decision == Decision.Withdrawn) _withdraw(id, found, reasons);
    }

    /// @inheritdoc IBlacklistEntries
    function correct(bytes32 id, bytes32 facts, uint64 expiresAt) external {
        _own(id);
        _correct(id, _relied(id), facts, expiresAt);
    }

    /// @inheritdoc IBlacklistEntries
    function withdraw(bytes32 id, bytes32 reasons) external {
        Entry storage found = _own(id);
        if (found.withdrawn) revert FraudBlacklistWrongStanding(id, Standing.Withdrawn);
        _withdraw(id, found, reasons);
    }

    /// @inheritdoc IBlacklistEntries
    function entry(bytes32 id) external view returns (Entry memory) {
        return _known(id);
    }

    /// @inheritdoc IBlacklistEntries
    function hasCorroborated(bytes32 id, bytes32 member) external view returns (bool) {
        return _corroborated[id][member];
    }

    /// @inheritdoc IBlacklistEntries
    function standing(bytes32 id) public view returns (Standing) {
        Entry storage found = _entries[id];
        if (found.reporter == 0) return Standing.None;
        if (found.withdrawn) return Standing.Withdrawn;
        if (_now() >= found.expiresAt) return Standing.Expired;
        if (found.disputedAt != 0) {
            return _now() > found.disputedAt + DISPUTE_TERM ? Standing.Overdue : Standing.Disputed;
        }
        return found.corrected ? Standing.Corrected : Standing.Active;
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
        bytes32 id = entryId(reporter, given.nonce);
        if (_entries[id].reporter != 0) revert FraudBlacklistEntryExists(id);
        if (given.commitment == 0 || given.facts == 0 || given.key == address(0)) {
            revert FraudBlacklistInvalidListing(id);
        }
        uint32 current = _keys[given.identifierType].keyEpoch;
        if (current == 0 || given.keyEpoch != current) {
            revert FraudBlacklistWrongEpoch(given.identifierType, given.keyEpoch, current);
        }
        _checkExpiry(given.expiresAt);
        Entry storage made = _entries[id];
        made.reporter = reporter;
        made.commitment = given.commitment;
        made.facts = given.facts;
        made.key = given.key;
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

    function _correct(bytes32 id, Entry storage found, bytes32 facts, uint64 expiresAt) private {
        if (facts == 0) revert FraudBlacklistInvalidListing(id);
        _checkExpiry(expiresAt);
        found.facts = facts;
        found.expiresAt = expiresAt;
        found.corrected = true;
        emit EntryCorrected(id, facts, expiresAt);
    }

    function _withdraw(bytes32 id, Entry storage found, bytes32 reasons) private {
        found.withdrawn = true;
        emit EntryWithdrawn(id, reasons);
    }

    function _known(bytes32 id) private view returns (Entry storage found) {
        found = _entries[id];
        if (found.reporter == 0) revert FraudBlacklistUnknownEntry(id);
    }

    /// @dev The entry, provided that the sender reported it.
    function _own(bytes32 id) private view returns (Entry storage found) {
        bytes32 member = _member();
        found = _known(id);
        if (found.reporter != member) revert FraudBlacklistNotReporter(id, member);
    }

    /// @dev The entry, provided that it counts and no dispute is open.
    function _relied(bytes32 id) private view returns (Entry storage found) {
        found = _known(id);
        Standing now_ = standing(id);
        if (now_ != Standing.Active && now_ != Standing.Corrected) revert FraudBlacklistWrongStanding(id, now_);
    }

    function _checkExpiry(uint64 expiresAt) private view {
        if (expiresAt <= _now() || expiresAt > _now() + MAX_TERM) revert FraudBlacklistInvalidExpiry(expiresAt);
    }
}
