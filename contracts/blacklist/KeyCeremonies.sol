// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IKeyCeremonies} from "../interfaces/IKeyCeremonies.sol";
import {CeremonyPostings} from "./CeremonyPostings.sol";

/// @title Opening ceremonies, and closing their phases
abstract contract KeyCeremonies is CeremonyPostings {
    /// @dev National ID, phone, credit code, travel document, device, address.
    uint8 private constant MAX_TYPE = 6;
    /// @dev Secrecy holds against one less than this; one holder alone must never know a key.
    uint16 private constant MIN_THRESHOLD = 2;

    /// @inheritdoc IKeyCeremonies
    function openGeneration(uint8 identifierType) external returns (uint64 id) {
        Ceremony storage opened;
        bytes memory enrolled;
        (id, opened, enrolled) = _open(Kind.Generation, identifierType);
        uint16 threshold = _thresholdOf(opened.eligible);
        opened.keyEpoch = _keys[identifierType].keyEpoch + 1;
        opened.shareEpoch = 1;
        _start(id, opened, threshold, enrolled);
    }

    /// @inheritdoc IKeyCeremonies
    function openResharing(uint8 identifierType) external returns (uint64 id) {
        Ceremony storage opened;
        bytes memory enrolled;
        (id, opened, enrolled) = _open(Kind.Resharing, identifierType);
        KeyState storage current = _keys[identifierType];
        uint16 threshold = current.threshold;
        if (threshold == 0) revert FraudBlacklistNoKey(identifierType);
        if (opened.dealers < threshold) revert FraudBlacklistTooFewHolders(opened.dealers);
        uint16 needed = _thresholdOf(opened.eligible);
        if (needed > threshold) revert FraudBlacklistThresholdRises(threshold, needed);
        opened.keyEpoch = current.keyEpoch;
        opened.shareEpoch = current.shareEpoch + 1;
        _start(id, opened, threshold, enrolled);
    }

    /// @inheritdoc IKeyCeremonies
    function close(uint64 id) external {
        Ceremony storage open = _knownCeremony(id);
        if (_hasEnded(open)) revert FraudBlacklistWrongPhase(id, open.phase, open.phase);
        if (_now() <= open.phaseEnds) revert FraudBlacklistPhaseOpen(id, open.phase, open.phaseEnds);
        _closePhase(id, open);
    }

    /// @inheritdoc IKeyCeremonies
    function ceremony(uint64 id) external view returns (Ceremony memory) {
        return _knownCeremony(id);
    }

    /// @inheritdoc IKeyCeremonies
    function ceremonyCount() external view returns (uint64) {
        return _ceremonyCount;
    }

    /// @inheritdoc IKeyCeremonies
    function runningCeremony(uint8 identifierType) external view returns (uint64) {
        return _running[identifierType];
    }

    /// @inheritdoc IKeyCeremonies
    function phaseSeconds() external view returns (uint64) {
        return _phaseSeconds;
    }

    /// @dev Whoever opens one ceremony after another to keep others from theirs has to win a race for each: the call
    /// that opens the next one ends the last by itself.
    function _open(Kind kind, uint8 identifierType)
        private
        returns (uint64 id, Ceremony storage opened, bytes memory enrolled)
    {
        _holder();
        if (identifierType == 0 || identifierType > MAX_TYPE) revert FraudBlacklistInvalidType(identifierType);
        uint64 running = _running[identifierType];
        if (running != 0) {
            _closeIfOver(running, _ceremonies[running]);
            if (_running[identifierType] != 0) revert FraudBlacklistCeremonyRunning(running);
        }
        id = ++_ceremonyCount;
        _running[identifierType] = id;
        opened = _ceremonies[id];
        opened.openedBlock = uint64(block.number);
        opened.phaseEnds = _now() + _phaseSeconds;
        opened.kind = kind;
        opened.phase = Phase.Joining;
        opened.identifierType = identifierType;
        (opened.eligible, opened.dealers, enrolled) = _enrol(id, kind, identifierType);
        if (opened.eligible < MIN_THRESHOLD) revert FraudBlacklistTooFewHolders(opened.eligible);
    }

    function _start(uint64 id, Ceremony storage opened, uint16 threshold, bytes memory enrolled) private {
        opened.threshold = threshold;
        // So many that the honest among them outnumber any group below the threshold.
        uint16 wanted = 2 * threshold - 1;
        opened.presentNeeded = wanted < opened.eligible ? wanted : opened.eligible;
        emit CeremonyOpened(
            id,
            opened.identifierType,
            opened.kind,
            opened.keyEpoch,
            opened.shareEpoch,
            threshold,
            opened.presentNeeded,
            enrolled
        );
    }

    /// @dev Writes down who can take part: who becomes eligible later neither takes another's place nor moves the
    /// threshold. Costs about 37,000 gas for each; institutions come in by vote only.
    function _enrol(uint64 id, Kind kind, uint8 identifierType)
        private
        returns (uint16 eligible, uint16 dealers, bytes memory enrolled)
    {
        uint256 length = _members.length;
        for (uint256 i = 0; i < length; ++i) {
            if (!_isEligible(_members[i])) continue;
            uint16 index = uint16(i + 1);
            bool deals = kind == Kind.Resharing && _presentShareKey(identifierType, index) != 0;
            _postings[id][index] = deals ? MAY_JOIN | DEALS : MAY_JOIN;
            enrolled = abi.encodePacked(enrolled, index, deals);
            ++eligible;
            if (deals) ++dealers;
        }
    }

    function _thresholdOf(uint16 eligible) private pure returns (uint16) {
        uint16 half = (eligible + 1) / 2;
        return half < MIN_THRESHOLD ? MIN_THRESHOLD : half;
    }
}
