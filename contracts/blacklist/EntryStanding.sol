// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IBlacklistEntries} from "../interfaces/IBlacklistEntries.sol";
import {BlacklistStorage} from "./BlacklistStorage.sol";

/// @title Where an entry stands, and the terms of the law
abstract contract EntryStanding is BlacklistStorage {
    /// @dev Five years after the end of the conduct (征信业管理条例, article 16), in whole months.
    uint64 private constant MAX_TERM = (5 * 366 + 31) * 1 days;
    /// @dev A dispute is answered within twenty days (article 25).
    uint64 internal constant DISPUTE_TERM = 20 days;

    /// @inheritdoc IBlacklistEntries
    function entry(bytes32 id) external view returns (Entry memory) {
        return _knownEntry(id);
    }

    /// @inheritdoc IBlacklistEntries
    function standing(bytes32 id) public view returns (Standing) {
        Entry storage found = _entries[id];
        if (found.reporter == 0) return Standing.None;
        if (found.withdrawn) return Standing.Withdrawn;
        if (_now() >= found.expiresAt) return Standing.Expired;
        if (found.disputedAt != 0) return _isInTime(found) ? Standing.Disputed : Standing.Overdue;
        return found.corrected ? Standing.Corrected : Standing.Active;
    }

    function _knownEntry(bytes32 id) internal view returns (Entry storage found) {
        found = _entries[id];
        if (found.reporter == 0) revert FraudBlacklistUnknownEntry(id);
    }

    /// @dev The entry, provided that the sender reported it.
    function _own(bytes32 id) internal view returns (Entry storage found) {
        bytes32 member = _member();
        found = _knownEntry(id);
        if (found.reporter != member) revert FraudBlacklistNotReporter(id, member);
    }

    /// @dev The entry, provided that it counts and no dispute is open.
    function _relied(bytes32 id) internal view returns (Entry storage found) {
        found = _knownEntry(id);
        Standing now_ = standing(id);
        if (now_ != Standing.Active && now_ != Standing.Corrected) revert FraudBlacklistWrongStanding(id, now_);
    }

    /// @dev Whether an open dispute can still be decided in time.
    function _isInTime(Entry storage disputed) internal view returns (bool) {
        return _now() <= disputed.disputedAt + DISPUTE_TERM;
    }

    /// @param since second from which the longest term runs; a correction does not start it again.
    function _checkExpiry(uint64 expiresAt, uint64 since) internal view {
        if (expiresAt <= _now() || expiresAt > since + MAX_TERM) revert FraudBlacklistInvalidExpiry(expiresAt);
    }
}
