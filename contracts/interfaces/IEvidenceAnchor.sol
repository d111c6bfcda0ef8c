// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Heads of the members' evidence logs
/// @notice The chain itself enforces that logs only grow: an anchor needs an RFC 6962 consistency proof from the last
/// anchored head, so that not even a member can rewrite its own log. Only the head is state; older heads are found
/// by walking `previousBlock` backwards through the events.
interface IEvidenceAnchor {
    /// @notice A log reached a new head. The previous head stands here too, so that one receipt and a consistency
    /// proof are all an offline verifier needs.
    /// @param index 1 for the first anchor of a generation, then rising by one.
    /// @param previousSize 0 at the first anchor of a generation, as are `previousRoot` and `previousBlock`.
    event Anchored(
        bytes32 indexed member,
        uint64 indexed generation,
        uint64 indexed size,
        bytes32 root,
        uint64 index,
        uint64 previousSize,
        bytes32 previousRoot,
        uint64 previousBlock
    );

    /// @notice The sender is not the open anchor key of an institution that may anchor.
    error EvidenceAnchorUnauthorizedKey(address key);
    /// @notice The sender's institution is suspended.
    error EvidenceAnchorMemberSuspended(bytes32 member);
    /// @notice The log generation is not the one that the registry holds.
    error EvidenceAnchorWrongGeneration(uint64 given, uint64 current);
    /// @notice An empty log has nothing to anchor.
    error EvidenceAnchorEmptyLog();
    /// @notice Logs end at 2^63 leaves, the largest size that tools with signed integers can address.
    error EvidenceAnchorSizeTooLarge(uint64 size);
    /// @notice The log would shrink.
    error EvidenceAnchorSizeDecreased(uint64 size, uint64 anchoredSize);
    /// @notice The log has the anchored size and another root: two faces of one log.
    error EvidenceAnchorRootChanged(uint64 size, bytes32 root, bytes32 anchoredRoot);
    /// @notice The first anchor of a generation has nothing to be consistent with.
    error EvidenceAnchorUnexpectedProof();
    /// @notice No proof between logs of at most 2^63 leaves has more than 64 hashes.
    error EvidenceAnchorProofTooLong(uint256 length);
    /// @notice The proof does not show that the new head continues the anchored one.
    error EvidenceAnchorInconsistent(uint64 anchoredSize, uint64 size);
    /// @notice There is no contract at the registry's address.
    error EvidenceAnchorRegistryMissing(address registry);

    /// @notice Anchors a log's head. Sent again with the same size and root it succeeds and does nothing.
    /// @param generation the current log generation in the registry.
    /// @param size number of leaves, 1 to 2^63.
    /// @param root RFC 6962 root over them.
    /// @param consistencyProof RFC 6962 proof from the anchored head; empty at the first anchor of a generation.
    function anchor(uint64 generation, uint64 size, bytes32 root, bytes32[] calldata consistencyProof) external;

    /// @notice All zero when nothing was anchored.
    /// @return size number of leaves.
    /// @return index number of anchors in this generation.
    /// @return blockNumber block of the last one.
    /// @return root RFC 6962 root.
    function head(bytes32 member, uint64 generation)
        external
        view
        returns (uint64 size, uint64 index, uint64 blockNumber, bytes32 root);

    /// @notice Checks an RFC 6962 inclusion proof against the current head. Never reverts for a wrong proof.
    /// @param leafHash SHA-256(0x00 ‖ leaf input).
    function verifyInclusion(
        bytes32 member,
        uint64 generation,
        uint64 leafIndex,
        bytes32 leafHash,
        bytes32[] calldata proof
    ) external view returns (bool);

    function registry() external view returns (address);
}
