// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Holding servers and callers to their word
/// @notice A server that does not answer is asked here, in public; the lack of an answer is the evidence. Samples for
/// audits come from values that the members committed to before they knew each other's. Who does not reveal its value
/// spoils the draw, and is named by that.
interface IBlacklistOversight {
    /// @notice A question that a server owes an answer to.
    struct Challenge {
        bytes32 challenger;
        bytes32 server;
        bytes32 request;
        uint64 answerBy;
        uint64 answeredAt;
    }

    /// @notice One draw of a random value.
    struct Draw {
        uint64 commitBy;
        uint64 revealBy;
        uint16 commitments;
        uint16 reveals;
    }

    /// @param blinded the blinded elements in question, 32 bytes each.
    event EvaluationChallenged(
        uint64 indexed id, bytes32 indexed challenger, bytes32 indexed server, bytes32 request, bytes blinded
    );
    /// @param answer evaluated elements and proof, or the signed refusal.
    event ChallengeAnswered(uint64 indexed id, bytes answer);
    event DrawOpened(uint64 indexed id, uint64 commitBy, uint64 revealBy);
    event DrawCommitted(uint64 indexed id, uint16 indexed index, bytes32 commitment);
    event DrawRevealed(uint64 indexed id, uint16 indexed index, bytes32 value);

    /// @notice A challenge names 1 to 32 blinded elements and another institution that could answer.
    error FraudBlacklistInvalidChallenge();
    /// @notice One open challenge from each member to each other.
    error FraudBlacklistChallengeOpen(uint64 id);
    error FraudBlacklistUnknownChallenge(uint64 id);
    error FraudBlacklistNotChallenged(uint64 id, bytes32 member);
    /// @notice The challenge was answered, or its time is over.
    error FraudBlacklistChallengeClosed(uint64 id);
    error FraudBlacklistInvalidAnswer(uint256 length);
    error FraudBlacklistUnknownDraw(uint64 id);
    /// @notice The draw is not at the step that the call belongs to.
    error FraudBlacklistDrawClosed(uint64 id);
    /// @notice A commitment is not zero.
    error FraudBlacklistInvalidCommitment(uint64 id, uint16 index);
    error FraudBlacklistAlreadyCommitted(uint64 id, uint16 index);
    /// @notice The value is not what was committed to, or was revealed already.
    error FraudBlacklistInvalidReveal(uint64 id, uint16 index);
    /// @notice One draw at a time.
    error FraudBlacklistDrawRunning(uint64 id);

    /// @notice Asks a server in public.
    /// @param request digest of the signed request that it did not answer.
    function challenge(bytes32 server, bytes32 request, bytes calldata blinded) external returns (uint64 id);

    /// @notice Answers in public. Who is suspended cannot, and does not owe an answer.
    function answer(uint64 id, bytes calldata answer_) external;

    /// @notice Opens a draw: commitments within one phase's time, values within the next.
    function openDraw() external returns (uint64 id);

    /// @param commitment keccak-256 over the draw's id, the institution and the value.
    function commitDraw(uint64 id, bytes32 commitment) external;

    function revealDraw(uint64 id, bytes32 value) external;

    function challengeOf(uint64 id) external view returns (Challenge memory);

    /// @return whether its time is over and no answer came.
    function isUnanswered(uint64 id) external view returns (bool);

    function draw(uint64 id) external view returns (Draw memory);

    function drawCommitment(uint64 id, bytes32 member, bytes32 value) external pure returns (bytes32);
}
