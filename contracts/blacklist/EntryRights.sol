// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IBlacklistEntries} from "../interfaces/IBlacklistEntries.sol";
import {EntryStanding} from "./EntryStanding.sol";

/// @title What follows from the rights of the person concerned
abstract contract EntryRights is EntryStanding {
    /// @dev The same desk about the same facts: long enough that nobody can keep a rival's entry in dispute, and no
    /// person is cut off, since every other desk still takes the dispute.
    uint64 private constant DISPUTE_PAUSE = 90 days;

    /// @inheritdoc IBlacklistEntries
    function dispute(bytes32 id, bytes32 statement) external {
        bytes32 member = _member();
        Entry storage found = _relied(id);
        _requireDigest(id, statement);
        mapping(bytes32 => uint64) storage last = _lastDispute[keccak256(abi.encode(id, found.facts))];
        uint64 again = last[member] == 0 ? 0 : last[member] + DISPUTE_PAUSE;
        if (_now() < again) revert FraudBlacklistDisputedLately(id, member, again);
        last[member] = _now();
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
        _requireDigest(id, reasons);
        _endDispute(id, found, decision, reasons);
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
        _requireDigest(id, reasons);
        if (found.disputedAt != 0) _endDispute(id, found, Decision.Withdrawn, reasons);
        _withdraw(id, found, reasons);
    }

    function _endDispute(bytes32 id, Entry storage found, Decision decision, bytes32 reasons) private {
        bool inTime = _isInTime(found);
        found.disputedAt = 0;
        emit DisputeDecided(id, decision, reasons, inTime);
    }

    function _correct(bytes32 id, Entry storage found, bytes32 facts, uint64 expiresAt) private {
        if (facts == 0) revert FraudBlacklistInvalidListing(id);
        _checkExpiry(expiresAt, found.listedAt);
        found.facts = facts;
        found.expiresAt = expiresAt;
        found.corrected = true;
        emit EntryCorrected(id, facts, expiresAt);
    }

    function _withdraw(bytes32 id, Entry storage found, bytes32 reasons) private {
        found.withdrawn = true;
        emit EntryWithdrawn(id, reasons);
    }

    function _requireDigest(bytes32 id, bytes32 digest) private pure {
        if (digest == 0) revert FraudBlacklistMissingDigest(id);
    }
}
