// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IBlacklistOversight} from "../interfaces/IBlacklistOversight.sol";
import {BlacklistStorage} from "./BlacklistStorage.sol";

/// @title Questions that must be answered, and draws of random values
abstract contract BlacklistOversight is BlacklistStorage {
    uint256 private constant POINT = 32;
    /// @dev One request of the protocol's single queries; batches are asked in pieces.
    uint256 private constant MAX_BLINDED = 32 * POINT;
    /// @dev As many answers with a proof and a signature around them, or a refusal.
    uint256 private constant MAX_ANSWER = 4096;

    /// @inheritdoc IBlacklistOversight
    function challenge(bytes32 server, bytes32 request, bytes calldata blinded) external returns (uint64 id) {
        (bytes32 challenger,) = _holder();
        bool fits = blinded.length != 0 && blinded.length <= MAX_BLINDED && blinded.length % POINT == 0;
        if (!fits || server == challenger || !_isEligible(server)) revert FraudBlacklistInvalidChallenge();
        uint64 last = _lastChallenge[challenger][server];
        if (last != 0 && _isOpen(_challenges[last])) revert FraudBlacklistChallengeOpen(last);
        id = ++_challengeCount;
        _lastChallenge[challenger][server] = id;
        _challenges[id] = Challenge(challenger, server, request, _now() + _phaseSeconds, 0);
        emit EvaluationChallenged(id, challenger, server, request, blinded);
    }

    /// @inheritdoc IBlacklistOversight
    function answer(uint64 id, bytes calldata answer_) external {
        (bytes32 member,) = _holder();
        Challenge storage found = _knownChallenge(id);
        if (found.server != member) revert FraudBlacklistNotChallenged(id, member);
        if (!_isOpen(found)) revert FraudBlacklistChallengeClosed(id);
        if (answer_.length == 0 || answer_.length > MAX_ANSWER) revert FraudBlacklistInvalidAnswer(answer_.length);
        found.answeredAt = _now();
        emit ChallengeAnswered(id, answer_);
    }

    /// @inheritdoc IBlacklistOversight
    function openDraw() external returns (uint64 id) {
        _holder();
        uint64 last = _drawCount;
        if (last != 0 && _now() <= _draws[last].revealBy) revert FraudBlacklistDrawRunning(last);
        id = ++_drawCount;
        uint64 commitBy = _now() + _phaseSeconds;
        _draws[id] = Draw(commitBy, commitBy + _phaseSeconds, 0, 0);
        emit DrawOpened(id, commitBy, commitBy + _phaseSeconds);
    }

    /// @inheritdoc IBlacklistOversight
    function commitDraw(uint64 id, bytes32 commitment) external {
        (, uint16 index) = _holder();
        Draw storage open = _knownDraw(id);
        if (_now() > open.commitBy) revert FraudBlacklistDrawClosed(id);
        if (commitment == 0) revert FraudBlacklistInvalidCommitment(id, index);
        if (_drawCommitments[id][index] != 0) revert FraudBlacklistAlreadyCommitted(id, index);
        _drawCommitments[id][index] = commitment;
        ++open.commitments;
        emit DrawCommitted(id, index, commitment);
    }

    /// @inheritdoc IBlacklistOversight
    function revealDraw(uint64 id, bytes32 value) external {
        (bytes32 member, uint16 index) = _holder();
        Draw storage open = _knownDraw(id);
        if (_now() <= open.commitBy || _now() > open.revealBy) revert FraudBlacklistDrawClosed(id);
        bytes32 commitment = _drawCommitments[id][index];
        if (commitment != drawCommitment(id, member, value)) {
            revert FraudBlacklistInvalidReveal(id, index);
        }
        delete _drawCommitments[id][index];
        ++open.reveals;
        emit DrawRevealed(id, index, value);
    }

    /// @inheritdoc IBlacklistOversight
    function challengeOf(uint64 id) external view returns (Challenge memory) {
        return _knownChallenge(id);
    }

    /// @inheritdoc IBlacklistOversight
    function isUnanswered(uint64 id) external view returns (bool) {
        Challenge storage found = _knownChallenge(id);
        return found.answeredAt == 0 && _now() > found.answerBy;
    }

    /// @inheritdoc IBlacklistOversight
    function draw(uint64 id) external view returns (Draw memory) {
        return _knownDraw(id);
    }

    /// @inheritdoc IBlacklistOversight
    function drawCommitment(uint64 id, bytes32 member, bytes32 value) public pure returns (bytes32) {
        return keccak256(abi.encode(id, member, value));
    }

    function _isOpen(Challenge storage found) private view returns (bool) {
        return found.answeredAt == 0 && _now() <= found.answerBy;
    }

    function _knownChallenge(uint64 id) private view returns (Challenge storage) {
        if (id == 0 || id > _challengeCount) revert FraudBlacklistUnknownChallenge(id);
        return _challenges[id];
    }

    function _knownDraw(uint64 id) private view returns (Draw storage) {
        if (id == 0 || id > _drawCount) revert FraudBlacklistUnknownDraw(id);
        return _draws[id];
    }
}
