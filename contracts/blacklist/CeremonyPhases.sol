// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {BlacklistStorage} from "./BlacklistStorage.sol";

/// @title The calendar of a ceremony: who has a part in a phase, when it closes, and what comes next
abstract contract CeremonyPhases is BlacklistStorage {
    function _knownCeremony(uint64 id) internal view returns (Ceremony storage found) {
        found = _ceremonies[id];
        if (found.phase == Phase.None) revert FraudBlacklistUnknownCeremony(id);
    }

    function _hasEnded(Ceremony storage open) internal view returns (bool) {
        return open.phase >= Phase.Active;
    }

    /// @dev Closes the present phase if its time is over. A ceremony at its end stays there.
    function _closeIfOver(uint64 id, Ceremony storage open) internal {
        if (!_hasEnded(open) && _now() > open.phaseEnds) _closePhase(id, open);
    }

    /// @dev To be called on ceremonies that have not ended.
    function _closePhase(uint64 id, Ceremony storage open) internal {
        Phase from = open.phase;
        Phase to = _next(open, from);
        open.phase = to;
        open.posted = 0;
        open.contested = false;
        open.phaseEnds = _now() + _phaseSeconds;
        if (to == Phase.Failed) {
            _running[open.identifierType] = 0;
            emit CeremonyFailed(id, from);
        } else {
            emit PhaseClosed(id, from, to);
        }
    }

    /// @dev Whether nobody is left who could post in the present phase.
    function _isComplete(Ceremony storage open) internal view returns (bool) {
        Phase phase = open.phase;
        if (phase == Phase.Joining) return open.posted == open.eligible;
        bool dealersPost = phase == Phase.Dealing || phase == Phase.Revealing || phase == Phase.Opening;
        return open.posted == (dealersPost ? open.dealers : open.joined);
    }

    /// @param part what `_postings` says of the holder.
    function _hasPart(Ceremony storage open, uint256 part) internal view returns (bool) {
        Phase phase = open.phase;
        if (phase == Phase.Joining) return part & MAY_JOIN != 0;
        bool dealersPost = phase == Phase.Dealing || phase == Phase.Revealing;
        if (open.kind == Kind.Resharing && dealersPost) return part & DEALS != 0;
        return part & (1 << uint8(Phase.Joining)) != 0;
    }

    /// @dev Attestations that a result needs: one more than the threshold, where there is one more holder.
    function _attestationsNeeded(Ceremony storage open) internal view returns (uint16) {
        return open.joined > open.threshold ? open.threshold + 1 : open.threshold;
    }

    /// @dev Skips what nobody asked for, revealing without complaints and reconstructing without accusations, and what
    /// cannot come to anything: too few that are present, or that deal.
    function _next(Ceremony storage open, Phase from) private view returns (Phase) {
        if (from == Phase.Joining) return open.joined < open.presentNeeded ? Phase.Failed : Phase.Dealing;
        if (from == Phase.Dealing) return open.posted < open.threshold ? Phase.Failed : Phase.Complaining;
        if (from == Phase.Complaining && open.contested) return Phase.Revealing;
        if (from == Phase.Complaining || from == Phase.Revealing) {
            return open.kind == Kind.Generation ? Phase.Opening : Phase.Attesting;
        }
        if (from == Phase.Opening) return Phase.Accusing;
        if (from == Phase.Accusing && open.contested) return Phase.Reconstructing;
        return from == Phase.Attesting ? Phase.Failed : Phase.Attesting;
    }
}
