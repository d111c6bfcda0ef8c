// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Ceremonies that make a key of the blacklist, or deal it anew
/// @notice The chain is broadcast channel and calendar, not judge: it keeps who posted what in which phase, once each,
/// and closes phases when all have posted or their time is over. What follows from the postings every holder computes
/// for itself, and a key counts when enough of them attest the same result. No curve arithmetic happens here.
interface IKeyCeremonies {
    /// @notice What a ceremony is for. A resharing leaves the key as it is.
    enum Kind {
        Generation,
        Resharing
    }

    /// @notice Phases in their order; `Active` and `Failed` are ends.
    enum Phase {
        None,
        Joining,
        Dealing,
        Complaining,
        Revealing,
        Opening,
        Accusing,
        Reconstructing,
        Attesting,
        Active,
        Failed
    }

    /// @notice One ceremony.
    /// @param openedBlock block from which its postings are found.
    /// @param phaseEnds last second in which the present phase takes postings.
    /// @param keyEpoch key epoch that it makes or reshares.
    /// @param shareEpoch share epoch that it makes, from 1 within each key epoch.
    /// @param identifierType which identifiers the key is for.
    /// @param contested whether somebody complained, or accused, in the present phase.
    /// @param threshold holders that evaluate together.
    /// @param eligible institutions that could join when it was opened; nobody else can.
    /// @param presentNeeded how many must join.
    /// @param joined how many did.
    /// @param dealers who has to deal.
    /// @param posted how many posted in the present phase.
    struct Ceremony {
        uint64 openedBlock;
        uint64 phaseEnds;
        uint32 keyEpoch;
        uint32 shareEpoch;
        Kind kind;
        Phase phase;
        uint8 identifierType;
        bool contested;
        uint16 threshold;
        uint16 eligible;
        uint16 presentNeeded;
        uint16 joined;
        uint16 dealers;
        uint16 posted;
    }

    /// @param enrolled two bytes of index for each institution that may join, ascending, and one that is 1 if it deals its
    /// present share.
    event CeremonyOpened(
        uint64 indexed ceremony,
        uint8 indexed identifierType,
        Kind kind,
        uint32 keyEpoch,
        uint32 shareEpoch,
        uint16 threshold,
        uint16 presentNeeded,
        bytes enrolled
    );
    event Posted(uint64 indexed ceremony, Phase indexed phase, uint16 indexed index, bytes data);
    /// @param from the phase that closed; those between it and `to` had nothing to say.
    event PhaseClosed(uint64 indexed ceremony, Phase indexed from, Phase to);
    /// @param phaseEnds last second that is certain to be left for activating the keys.
    event KeysAttested(uint64 indexed ceremony, bytes32 digest, uint64 phaseEnds);
    event CeremonyFailed(uint64 indexed ceremony, Phase indexed phase);

    /// @notice Identifier types are 1 to 6.
    error FraudBlacklistInvalidType(uint8 identifierType);
    /// @notice One ceremony at a time for each identifier type.
    error FraudBlacklistCeremonyRunning(uint64 ceremony);
    /// @notice Fewer than two institutions could join, or fewer than the threshold could deal.
    error FraudBlacklistTooFewHolders(uint16 found);
    /// @notice There is no key of this type to reshare.
    error FraudBlacklistNoKey(uint8 identifierType);
    /// @notice So many may hold a share now that more must evaluate together: that needs a new key.
    error FraudBlacklistThresholdRises(uint16 threshold, uint16 needed);
    error FraudBlacklistUnknownCeremony(uint64 ceremony);
    /// @notice The ceremony is in another phase, perhaps since this very call, or at its end.
    error FraudBlacklistWrongPhase(uint64 ceremony, Phase given, Phase current);
    /// @notice The phase still has time.
    error FraudBlacklistPhaseOpen(uint64 ceremony, Phase phase, uint64 phaseEnds);
    /// @notice The institution has no part in this phase.
    error FraudBlacklistNoPart(uint64 ceremony, Phase phase, uint16 index);
    error FraudBlacklistAlreadyPosted(uint64 ceremony, Phase phase, uint16 index);
    /// @notice The posting is not as long as its phase asks for, or says nothing where something is asked for.
    error FraudBlacklistInvalidPosting(Phase phase, uint256 length);
    /// @notice A resharing deals something else than the dealer's share.
    error FraudBlacklistWrongConstant(uint16 index, bytes32 given, bytes32 expected);

    /// @notice Opens a ceremony: the first, or the next, key of a type. Whether it comes about is for those to say who
    /// join it.
    function openGeneration(uint8 identifierType) external returns (uint64 ceremony);

    /// @notice Opens a ceremony that deals the present key anew, to whoever joins.
    function openResharing(uint8 identifierType) external returns (uint64 ceremony);

    /// @notice Says one thing, once, in the present phase.
    /// @param data as docs/spec/blacklist-ceremonies.md gives it for each phase.
    function post(uint64 ceremony, Phase phase, bytes calldata data) external;

    /// @notice Closes a phase whose time is over; anybody may. A posting for the next phase, and the opening of the next
    /// ceremony of the type, do the same on their way.
    function close(uint64 ceremony) external;

    function ceremony(uint64 id) external view returns (Ceremony memory);

    function ceremonyCount() external view returns (uint64);

    /// @return the type's ceremony that was not ended, 0 for none.
    function runningCeremony(uint8 identifierType) external view returns (uint64);

    /// @notice What an institution can do in a ceremony, and what it did.
    /// @return mayJoin whether it was among those who could join when it was opened.
    /// @return deals whether it deals its present share, in a resharing.
    /// @return posted one bit for each phase in which it posted, by the phase's number.
    function partOf(uint64 id, uint16 index) external view returns (bool mayJoin, bool deals, uint16 posted);

    /// @return seconds that a phase lasts at most.
    function phaseSeconds() external view returns (uint64);
}
