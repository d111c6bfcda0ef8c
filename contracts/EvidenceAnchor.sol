// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IConsortiumRegistry} from "./interfaces/IConsortiumRegistry.sol";
import {IEvidenceAnchor} from "./interfaces/IEvidenceAnchor.sol";
import {IRegistryRecords} from "./interfaces/IRegistryRecords.sol";
import {LogProof} from "./LogProof.sol";
import {ROLE_MEMBER} from "./registry/Roles.sol";

/// @title Evidence anchor
/// @notice Holds the head of each member's log. No owner, no proxy, no immutables: with the registry's address in slot 0
/// the code can stand in a genesis, and its hash can be pinned.
contract EvidenceAnchor is IEvidenceAnchor {
    /// @dev First slot: size in the lowest 64 bits, then index, then block number. Second slot: root.
    struct Head {
        uint64 size;
        uint64 index;
        uint64 blockNumber;
        bytes32 root;
    }

    /// @dev The largest size that tools with signed 64-bit integers can still address leaf by leaf.
    uint64 private constant MAX_LOG_SIZE = 2 ** 63;
    /// @dev Of any proof between trees of at most MAX_LOG_SIZE leaves; one more than the tree is high.
    uint256 private constant MAX_PROOF_LENGTH = 64;

    IConsortiumRegistry private _registry; // slot 0
    mapping(bytes32 memberAndGeneration => Head) private _heads; // slot 1

    /// @param registry_ the registry, already deployed (and told this contract's address to be).
    constructor(address registry_) {
        if (registry_.code.length == 0) revert EvidenceAnchorRegistryMissing(registry_);
        _registry = IConsortiumRegistry(registry_);
    }

    /// @inheritdoc IEvidenceAnchor
    function anchor(uint64 generation, uint64 size, bytes32 root, bytes32[] calldata consistencyProof) external {
        bytes32 member = _authorize(generation);
        Head storage stored = _heads[_key(member, generation)];
        // Two reads of storage: everything below works on this copy.
        Head memory last = stored;
        if (_isRetry(last, size, root)) return;
        _checkGrowth(last, size, root, consistencyProof);

        stored.size = size;
        stored.index = last.index + 1;
        stored.blockNumber = uint64(block.number);
        stored.root = root;
        emit Anchored(
            member, generation, size, root, last.index + 1, last.size, last.root, last.blockNumber
        );
    }

    /// @inheritdoc IEvidenceAnchor
    function head(bytes32 member, uint64 generation)
        external
        view
        returns (uint64 size, uint64 index, uint64 blockNumber, bytes32 root)
    {
        Head storage stored = _heads[_key(member, generation)];
        return (stored.size, stored.index, stored.blockNumber, stored.root);
    }

    /// @inheritdoc IEvidenceAnchor
    function verifyInclusion(
        bytes32 member,
        uint64 generation,
        uint64 leafIndex,
        bytes32 leafHash,
        bytes32[] calldata proof
    ) external view returns (bool) {
        Head storage stored = _heads[_key(member, generation)];
        return LogProof.isIncluded(leafIndex, stored.size, stored.root, leafHash, proof);
    }

    /// @inheritdoc IEvidenceAnchor
    function registry() external view returns (address) {
        return address(_registry);
    }

    /// @dev Returns the institution that the sender may anchor for: the one of its key, never one that it names.
    function _authorize(uint64 generation) private view returns (bytes32) {
        (bytes32 member, bool open, IRegistryRecords.Status status, uint8 roles, uint64 current) =
            _registry.anchorAuthority(msg.sender);
        if (!open) revert EvidenceAnchorUnauthorizedKey(msg.sender);
        if (status == IRegistryRecords.Status.Suspended) revert EvidenceAnchorMemberSuspended(member);
        if (status != IRegistryRecords.Status.Active || roles & ROLE_MEMBER == 0) {
            revert EvidenceAnchorUnauthorizedKey(msg.sender);
        }
        if (generation != current) revert EvidenceAnchorWrongGeneration(generation, current);
        return member;
    }

    /// @dev A sender that never saw its receipt sends the same transaction again, proof included.
    function _isRetry(Head memory last, uint64 size, bytes32 root) private pure returns (bool) {
        return size != 0 && size == last.size && root == last.root;
    }

    /// @dev Reverts unless the new head continues the last one.
    function _checkGrowth(Head memory last, uint64 size, bytes32 root, bytes32[] calldata proof) private view {
        if (size == 0) revert EvidenceAnchorEmptyLog();
        if (size > MAX_LOG_SIZE) revert EvidenceAnchorSizeTooLarge(size);
        if (size < last.size) revert EvidenceAnchorSizeDecreased(size, last.size);
        if (size == last.size) revert EvidenceAnchorRootChanged(size, root, last.root);
        if (proof.length > MAX_PROOF_LENGTH) revert EvidenceAnchorProofTooLong(proof.length);
        if (last.size == 0) {
            if (proof.length != 0) revert EvidenceAnchorUnexpectedProof();
        } else if (!LogProof.isConsistent(last.size, last.root, size, root, proof)) {
            revert EvidenceAnchorInconsistent(last.size, size);
        }
    }

    function _key(bytes32 member, uint64 generation) private pure returns (bytes32) {
        return keccak256(abi.encode(member, generation));
    }
}
