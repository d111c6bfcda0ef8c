// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Keys of the blacklist: who made them, and what each holder's share is worth
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
    /// @param phaseEnds second at which the present phase closes by itself.
    /// @param keyEpoch key epoch that it makes or reshares.
    /// @param shareEpoch share epoch that it makes, from 1 within each key epoch.
    /// @param identifierType which identifiers the key is for.
    /// @param threshold holders that evaluate together.
    /// @param eligible institutions that could join when it was opened.
    /// @param presentNeeded how many must join.
    /// @param joined how many did.
    /// @param dealers who has to deal.
    /// @param posted how many posted in the present phase.
    /// @param contested whether somebody complained, or accused, in the present phase.
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

    /// @notice The present key of one identifier type; all zero before the first.
    /// @param holders how many hold a share in this share epoch.
    struct KeyState {
        bytes32 key;
        uint32 keyEpoch;
        uint32 shareEpoch;
        uint16 threshold;
        uint16 holders;
        uint64 ceremony;
        uint64 activeSinceBlock;
    }

    event OperatorChanged(bytes32 indexed member, uint16 indexed index, address operator);
    event CeremonyOpened(
        uint64 indexed ceremony,
        uint8 indexed identifierType,
        Kind kind,
        uint32 keyEpoch,
        uint32 shareEpoch,
        uint16 threshold,
        uint16 presentNeeded
    );
    event Posted(uint64 indexed ceremony, Phase indexed phase, uint16 indexed index, bytes data);
    /// @param from the phase that closed; those between it and `to` had nothing to say.
    event PhaseClosed(uint64 indexed ceremony, Phase indexed from, Phase to);
    event CeremonyFailed(uint64 indexed ceremony, Phase indexed phase);
    /// @param keys K, then two bytes of index and K_j for every holder, ascending.
    event KeyActivated(
        uint64 indexed ceremony,
        uint8 indexed identifierType,
        uint32 keyEpoch,
        uint32 shareEpoch,
        bytes keys
    );

    /// @notice The sender is nobody's operator.
    error FraudBlacklistNotOperator(address sender);
    /// @notice The sender is nobody's admin in the registry.
    error FraudBlacklistNotAdmin(address sender);
    /// @notice The operator's institution is not active, or has no role that allows this.
    error FraudBlacklistNotEntitled(bytes32 member);
    /// @notice The address is the operator of another institution, or zero.
    error FraudBlacklistInvalidOperator(address operator);
    /// @notice Identifier types are 1 to 6.
    error FraudBlacklistInvalidType(uint8 identifierType);
    /// @notice One ceremony at a time for each identifier type.
    error FraudBlacklistCeremonyRunning(uint64 ceremony);
    /// @notice Fewer than two institutions could join.
    error FraudBlacklistTooFewHolders(uint16 eligible);
    /// @notice There is no key of this type to reshare.
    error FraudBlacklistNoKey(uint8 identifierType);
    /// @notice So many may hold a share now that more must evaluate together: that needs a new key.
    error FraudBlacklistThresholdRises(uint16 threshold, uint16 needed);
    error FraudBlacklistUnknownCeremony(uint64 ceremony);
    /// @notice The ceremony is in another phase, perhaps since this very call.
    error FraudBlacklistWrongPhase(uint64 ceremony, Phase given, Phase current);
    /// @notice The phase still has time, or waits for its keys to be activated.
    error FraudBlacklistPhaseOpen(uint64 ceremony, Phase phase, uint64 phaseEnds);
    /// @notice The institution has no part in this phase.
    error FraudBlacklistNoPart(uint64 ceremony, Phase phase, uint16 index);
    error FraudBlacklistAlreadyPosted(uint64 ceremony, Phase phase, uint16 index);
    /// @notice The posting is not as long as its phase asks for.
    error FraudBlacklistInvalidLength(Phase phase, uint256 length);
    /// @notice A resharing deals something else than the dealer's share.
    error FraudBlacklistWrongConstant(uint16 index, bytes32 given, bytes32 expected);
    /// @notice The keys are not the ones that the holders attested.
    error FraudBlacklistNotAttested(uint64 ceremony, bytes32 digest, uint16 attestations, uint16 needed);
    /// @notice The keys are not of their form, or not those of the present key.
    error FraudBlacklistInvalidKeys();

    /// @notice Names the address that acts for the sender's institution here; called by its admin. The first call gives
    /// the institution its index, which stays and is never given again.
    function setOperator(address operator) external;

    /// @notice Opens a ceremony: the first, or the next, key of a type.
    function openGeneration(uint8 identifierType) external returns (uint64 ceremony);

    /// @notice Opens a ceremony that deals the present key anew, to whoever joins.
    function openResharing(uint8 identifierType) external returns (uint64 ceremony);

    /// @notice Says one thing, once, in the present phase.
    /// @param data as docs/spec/blacklist-ceremonies.md gives it for each phase.
    function post(uint64 ceremony, Phase phase, bytes calldata data) external;

    /// @notice Closes a phase whose time is over; anybody may.
    function close(uint64 ceremony) external;

    /// @notice Makes the attested keys the present ones; anybody may.
    /// @param keys see `KeyActivated`.
    function activate(uint64 ceremony, bytes calldata keys) external;

    function ceremony(uint64 id) external view returns (Ceremony memory);

    function ceremonyCount() external view returns (uint64);

    function keyState(uint8 identifierType) external view returns (KeyState memory);

    /// @return K_j of a holder in a share epoch, 0 if it holds none.
    function shareKey(uint8 identifierType, uint32 keyEpoch, uint32 shareEpoch, uint16 index)
        external
        view
        returns (bytes32);

    /// @return the institution behind an operator, 0 for none. Says nothing about its status.
    function memberOfOperator(address operator) external view returns (bytes32);

    /// @notice All zero before the institution's first `setOperator`.
    /// @return operator who acts for it.
    /// @return index its index, never given again.
    function operatorOf(bytes32 member) external view returns (address operator, uint16 index);

    /// @return seconds that a phase lasts at most.
    function phaseSeconds() external view returns (uint64);
}
