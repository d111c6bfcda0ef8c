// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IKeyCeremonies} from "../interfaces/IKeyCeremonies.sol";
import {CeremonyPhases} from "./CeremonyPhases.sol";

/// @title Posting in a ceremony
/// @notice Only lengths are looked at, so that nobody can fill blocks with nonsense; what the bytes are worth the
/// holders judge. The one exception: the constant of a resharing is compared with the share's key.
abstract contract CeremonyPostings is CeremonyPhases {
    uint256 private constant POINT = 32;
    uint256 private constant DIGEST = 32;
    /// @dev Index of two bytes and two scalars.
    uint256 private constant SHARE = 66;
    uint256 private constant INDEX = 2;

    /// @inheritdoc IKeyCeremonies
    function post(uint64 id, Phase phase, bytes calldata data) external {
        (, uint16 index) = _holder();
        Ceremony storage open = _knownCeremony(id);
        _closeIfOver(id, open);
        if (open.phase != phase || _hasEnded(open)) revert FraudBlacklistWrongPhase(id, phase, open.phase);
        uint256 part = _postings[id][index];
        if (!_hasPart(open, part)) revert FraudBlacklistNoPart(id, phase, index);
        uint256 bit = 1 << uint8(phase);
        if (part & bit != 0) revert FraudBlacklistAlreadyPosted(id, phase, index);
        _check(open, index, data);

        _postings[id][index] = part | bit;
        ++open.posted;
        emit Posted(id, phase, index, data);
        _take(id, open, data);
    }

    /// @inheritdoc IKeyCeremonies
    function partOf(uint64 id, uint16 index) external view returns (bool mayJoin, bool deals, uint16 posted) {
        _knownCeremony(id);
        uint256 part = _postings[id][index];
        return (part & MAY_JOIN != 0, part & DEALS != 0, uint16(part & ~(MAY_JOIN | DEALS)));
    }

    function _presentShareKey(uint8 identifierType, uint16 index) internal view returns (bytes32) {
        KeyState storage current = _keys[identifierType];
        return _shareKeys[_shareKeyId(identifierType, current.keyEpoch, current.shareEpoch, index)];
    }

    /// @dev Draws the consequences of a posting, and closes the phase when nobody is left who could post.
    function _take(uint64 id, Ceremony storage open, bytes calldata data) private {
        Phase phase = open.phase;
        if (phase == Phase.Joining) {
            ++open.joined;
            if (open.kind == Kind.Generation) ++open.dealers;
        } else if (phase == Phase.Complaining || phase == Phase.Accusing) {
            if (data.length != 0) open.contested = true;
        } else if (phase == Phase.Attesting) {
            _attest(id, open, bytes32(data));
            if (_attested[id] != 0) return; // what is missing are the keys
        }
        if (_isComplete(open)) _closePhase(id, open);
    }

    /// @dev Starts the clock again, so that a late agreement leaves time to activate the keys; and starts it once, so
    /// that keys which cannot be activated do not keep the type busy for ever. No two results have enough attestations:
    /// more than half of those who joined.
    function _attest(uint64 id, Ceremony storage open, bytes32 digest) private {
        uint16 count = ++_attestations[id][digest];
        if (count != _attestationsNeeded(open)) return;
        uint64 ends = _now() + _phaseSeconds;
        _attested[id] = digest;
        open.phaseEnds = ends;
        emit KeysAttested(id, digest, ends);
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
        if (!fits) revert FraudBlacklistInvalidPosting(phase, length);
        if (phase != Phase.Dealing || open.kind != Kind.Resharing) return;
        bytes32 expected = _presentShareKey(open.identifierType, index);
        bytes32 given = bytes32(data[:POINT]);
        if (given != expected) revert FraudBlacklistWrongConstant(index, given, expected);
    }
}
