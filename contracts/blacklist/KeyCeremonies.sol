// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IKeyCeremonies} from "../interfaces/IKeyCeremonies.sol";
import {BlacklistStorage} from "./BlacklistStorage.sol";

/// @title Opening ceremonies, and posting in them
abstract contract KeyCeremonies is BlacklistStorage {
    /// @dev National ID, phone, credit code, travel document, device, address.
    uint8 private constant MAX_TYPE = 6;
    /// @dev Secrecy holds against one less than this; one holder alone must never know a key.
    uint16 private constant MIN_THRESHOLD = 2;
    uint256 private constant POINT = 32;
    uint256 private constant DIGEST = 32;
    /// @dev Index of two bytes and two scalars.
    uint256 private constant SHARE = 66;
    uint256 private constant INDEX = 2;

    /// @inheritdoc IKeyCeremonies
    function openGeneration(uint8 identifierType) external returns (uint64) {
        _holder();
        (uint16 eligible,) = _countEligible(identifierType, false);
        uint16 threshold = _thresholdOf(eligible);
        return _open(Kind.Generation, identifierType, threshold, eligible, 0);
    }

    /// @inheritdoc IKeyCeremonies
    function openResharing(uint8 identifierType) external returns (uint64) {
        _holder();
        uint16 threshold = _keys[identifierType].threshold;
        if (threshold == 0) revert FraudBlacklistNoKey(identifierType);
        (uint16 eligible, uint16 dealers) = _countEligible(identifierType, true);
        if (eligible < threshold) revert FraudBlacklistTooFewHolders(eligible);
        uint16 needed = _thresholdOf(eligible);
        if (needed > threshold) revert FraudBlacklistThresholdRises(threshold, needed);
        return _open(Kind.Resharing, identifierType, threshold, eligible, dealers);
    }

    /// @inheritdoc IKeyCeremonies
    function post(uint64 id, Phase phase, bytes calldata data) external {
        (, uint16 index) = _holder();
        Ceremony storage open = _known(id);
        if (_now() > open.phaseEnds) _closePhase(id, open);
        if (open.phase != phase || phase >= Phase.Active) revert FraudBlacklistWrongPhase(id, phase, open.phase);
        uint256 posted = _postings[id][index];
        if (!_hasPart(open, index, posted)) revert FraudBlacklistNoPart(id, phase, index);
        uint256 bit = 1 << uint8(phase);
        if (posted & bit != 0) revert FraudBlacklistAlreadyPosted(id, phase, index);
        _check(open, index, data);

        _postings[id][index] = posted | bit;
        emit Posted(id, phase, index, data);
        _take(id, open, data);
    }

    /// @inheritdoc IKeyCeremonies
    function close(uint64 id) external {
        Ceremony storage open = _known(id);
        if (open.phase >= Phase.Active) revert FraudBlacklistWrongPhase(id, open.phase, open.phase);
        if (_now() <= open.phaseEnds || _attested[id] != 0) {
            revert FraudBlacklistPhaseOpen(id, open.phase, open.phaseEnds);
        }
        _closePhase(id, open);
    }

    /// @inheritdoc IKeyCeremonies
    function ceremony(uint64 id) external view returns (Ceremony memory) {
        return _known(id);
    }

    /// @inheritdoc IKeyCeremonies
    function ceremonyCount() external view returns (uint64) {
        return _ceremonyCount;
    }

    /// @inheritdoc IKeyCeremonies
    function phaseSeconds() external view returns (uint64) {
        return _phaseSeconds;
    }

    function _known(uint64 id) internal view returns (Ceremony storage) {
        if (id == 0 || id > _ceremonyCount) revert FraudBlacklistUnknownCeremony(id);
        return _ceremonies[id];
    }

    /// @dev Attestations that a result needs: one more than the threshold, where there is one more holder.
    function _attestationsNeeded(Ceremony storage open) internal view returns (uint16) {
        return open.joined > open.threshold ? open.threshold + 1 : open.threshold;
    }

    function _open(Kind kind, uint8 identifierType, uint16 threshold, uint16 eligible, uint16 dealers)
        private
        returns (uint64 id)
    {
        if (identifierType == 0 || identifierType > MAX_TYPE) revert FraudBlacklistInvalidType(identifierType);
        if (_running[identifierType] != 0) revert FraudBlacklistCeremonyRunning(_running[identifierType]);
        if (eligible < MIN_THRESHOLD) revert FraudBlacklistTooFewHolders(eligible);
        KeyState storage current = _keys[identifierType];
        id = ++_ceremonyCount;
        _running[identifierType] = id;
        Ceremony storage opened = _ceremonies[id];
        opened.openedBlock = uint64(block.number);
        opened.phaseEnds = _now() + _phaseSeconds;
        opened.kind = kind;
        opened.phase = Phase.Joining;
        opened.identifierType = identifierType;
        opened.keyEpoch = kind == Kind.Generation ? current.keyEpoch + 1 : current.keyEpoch;
        opened.shareEpoch = kind == Kind.Generation ? 1 : current.shareEpoch + 1;
        opened.threshold = threshold;
        opened.eligible = eligible;
        opened.dealers = dealers;
        uint16 wanted = 2 * threshold - 1;
        opened.presentNeeded = wanted < eligible ? wanted : eligible;
        emit CeremonyOpened(
            id, identifierType, kind, opened.keyEpoch, opened.shareEpoch, threshold, opened.presentNeeded
        );
    }

    /// @dev Counts the posting, and closes the phase when nobody is left who could post.
    function _take(uint64 id, Ceremony storage open, bytes calldata data) private {
        Phase phase = open.phase;
        uint16 posted = ++open.posted;
        if (phase == Phase.Joining) {
            ++open.joined;
        } else if (phase == Phase.Attesting) {
            _attest(id, open, bytes32(data));
            return;
        } else if ((phase == Phase.Complaining || phase == Phase.Accusing) && data.length != 0) {
            open.contested = true;
        }
        if (posted == _expected(open)) _closePhase(id, open);
    }

    function _attest(uint64 id, Ceremony storage open, bytes32 digest) private {
        uint16 count = ++_attestations[id][digest];
        if (count == _attestationsNeeded(open) && _attested[id] == 0) _attested[id] = digest;
    }

    function _closePhase(uint64 id, Ceremony storage open) private {
        Phase from = open.phase;
        if (from == Phase.Attesting && _attested[id] != 0) return; // waits for its keys
        Phase to = _next(open, from);
        open.phase = to;
        open.posted = 0;
        open.contested = false;
        open.phaseEnds = _now() + _phaseSeconds;
        if (from == Phase.Joining && open.kind == Kind.Generation) open.dealers = open.joined;
        if (to == Phase.Failed) {
            _running[open.identifierType] = 0;
            emit CeremonyFailed(id, from);
        } else {
            emit PhaseClosed(id, from, to);
        }
    }

    /// @dev Skips what nobody asked for: revealing without complaints, reconstructing without accusations.
    function _next(Ceremony storage open, Phase from) private view returns (Phase) {
        if (from == Phase.Joining) return open.joined < open.presentNeeded ? Phase.Failed : Phase.Dealing;
        if (from == Phase.Dealing) return Phase.Complaining;
        if (from == Phase.Complaining && open.contested) return Phase.Revealing;
        if (from == Phase.Complaining || from == Phase.Revealing) {
            return open.kind == Kind.Generation ? Phase.Opening : Phase.Attesting;
        }
        if (from == Phase.Opening) return Phase.Accusing;
        if (from == Phase.Accusing && open.contested) return Phase.Reconstructing;
        return from == Phase.Attesting ? Phase.Failed : Phase.Attesting;
    }

    function _expected(Ceremony storage open) private view returns (uint16) {
        if (open.phase == Phase.Joining) return open.eligible;
        return open.phase == Phase.Dealing || open.phase == Phase.Revealing || open.phase == Phase.Opening
            ? open.dealers
            : open.joined;
    }

    function _hasPart(Ceremony storage open, uint16 index, uint256 posted) private view returns (bool) {
        if (open.phase == Phase.Joining) return true;
        if (open.kind == Kind.Resharing && (open.phase == Phase.Dealing || open.phase == Phase.Revealing)) {
            return _presentShareKey(open.identifierType, index) != 0;
        }
        return posted & (1 << uint8(Phase.Joining)) != 0;
    }

    function _check(Ceremony storage open, uint16 index, bytes calldata data) private view {
        Phase phase = open.phase;
        uint256 length = data.length;
        uint256 points = open.threshold * POINT;
        bool fits;
        if (phase == Phase.Joining || phase == Phase.Attesting) fits = length == DIGEST && bytes32(data) != 0;
        else if (phase == Phase.Dealing) fits = length == points + DIGEST;
        else if (phase == Phase.Opening) fits = length == points;
        else if (phase == Phase.Complaining) fits = length % INDEX == 0 && length <= INDEX * uint256(open.dealers);
        else if (phase == Phase.Revealing) fits = length % SHARE == 0 && length <= SHARE * uint256(open.joined);
        else fits = length % SHARE == 0 && length <= SHARE * uint256(open.dealers);
        if (!fits) revert FraudBlacklistInvalidLength(phase, length);
        if (phase != Phase.Dealing || open.kind != Kind.Resharing) return;
        bytes32 expected = _presentShareKey(open.identifierType, index);
        bytes32 given = bytes32(data[:POINT]);
        if (given != expected) revert FraudBlacklistWrongConstant(index, given, expected);
    }

    function _presentShareKey(uint8 identifierType, uint16 index) private view returns (bytes32) {
        KeyState storage current = _keys[identifierType];
        return _shareKeys[_shareKeyId(identifierType, current.keyEpoch, current.shareEpoch, index)];
    }

    /// @dev Who could join now, and how many of them hold a share of the present key.
    function _countEligible(uint8 identifierType, bool countDealers)
        private
        view
        returns (uint16 eligible, uint16 dealers)
    {
        uint256 length = _members.length;
        for (uint256 i = 0; i < length; ++i) {
            if (!_isEligible(_members[i])) continue;
            ++eligible;
            if (countDealers && _presentShareKey(identifierType, uint16(i + 1)) != 0) ++dealers;
        }
    }

    function _thresholdOf(uint16 eligible) private pure returns (uint16) {
        uint16 half = (eligible + 1) / 2;
        return half < MIN_THRESHOLD ? MIN_THRESHOLD : half;
    }
}
