// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title RFC 6962 proofs over SHA-256
/// @notice The algorithms of RFC 9162 §2.1.3.2 (inclusion) and §2.1.4.2 (consistency), step by step. Both are total:
/// they answer false for any wrong, short or long proof, and read at most 64 hashes since sizes are 64 bits wide.
/// Sizes only ever get smaller here (shifts, minus one of a positive number), so that nothing overflows.
library LogProof {
    /// @notice Tells whether the tree of `newSize` leaves under `newRoot` continues the one of `oldSize` under `oldRoot`.
    /// Growth only: equal sizes, size 0 and an empty proof are false.
    function isConsistent(
        uint64 oldSize,
        bytes32 oldRoot,
        uint64 newSize,
        bytes32 newRoot,
        bytes32[] calldata proof
    ) internal view returns (bool) {
        if (oldSize == 0 || oldSize >= newSize || proof.length == 0) return false;
        uint256 fn = oldSize - 1;
        uint256 sn = newSize - 1;
        (fn, sn) = _dropRightTurns(fn, sn);
        // Where the old size is a power of two, the old root is itself the first vertex and is not sent.
        uint256 next = oldSize & (oldSize - 1) == 0 ? 0 : 1;
        bytes32 fr = next == 0 ? oldRoot : proof[0];
        bytes32 sr = fr;
        for (; next < proof.length; ++next) {
            if (sn == 0) return false;
            bytes32 vertex = proof[next];
            if (fn & 1 == 1 || fn == sn) {
                fr = hashVertex(vertex, fr);
                sr = hashVertex(vertex, sr);
                if (fn & 1 == 0) (fn, sn) = _dropLeftTurns(fn, sn);
            } else {
                sr = hashVertex(sr, vertex);
            }
            fn >>= 1;
            sn >>= 1;
        }
        return sn == 0 && fr == oldRoot && sr == newRoot;
    }

    /// @notice Tells whether the leaf lies at `leafIndex` in the tree of `size` leaves under `root`.
    function isIncluded(uint64 leafIndex, uint64 size, bytes32 root, bytes32 leafHash, bytes32[] calldata proof)
        internal
        view
        returns (bool)
    {
        if (leafIndex >= size) return false;
        uint256 fn = leafIndex;
        uint256 sn = size - 1;
        bytes32 vertex = leafHash;
        for (uint256 next = 0; next < proof.length; ++next) {
            if (sn == 0) return false;
            if (fn & 1 == 1 || fn == sn) {
                vertex = hashVertex(proof[next], vertex);
                if (fn & 1 == 0) (fn, sn) = _dropLeftTurns(fn, sn);
            } else {
                vertex = hashVertex(vertex, proof[next]);
            }
            fn >>= 1;
            sn >>= 1;
        }
        return sn == 0 && vertex == root;
    }

    /// @notice SHA-256(0x01 ‖ left ‖ right). The 65 bytes are laid out beyond the free memory pointer, which stays where
    /// it is: `abi.encodePacked` would allocate anew for every vertex and cost half as much again.
    function hashVertex(bytes32 left, bytes32 right) internal view returns (bytes32 vertex) {
        assembly ("memory-safe") {
            let scratch := mload(0x40)
            mstore8(scratch, 0x01)
            mstore(add(scratch, 0x01), left)
            mstore(add(scratch, 0x21), right)
            // The precompile fails only when gas runs out.
            if iszero(staticcall(gas(), 0x02, scratch, 0x41, 0x00, 0x20)) { revert(0x00, 0x00) }
            vertex := mload(0x00)
        }
    }

    /// @dev Shifts while the last bit of `fn` is set. Ends: `fn` reaches 0, whose last bit is not set.
    function _dropRightTurns(uint256 fn, uint256 sn) private pure returns (uint256, uint256) {
        while (fn & 1 == 1) {
            fn >>= 1;
            sn >>= 1;
        }
        return (fn, sn);
    }

    /// @dev Shifts while the last bit of `fn` is not set and `fn` is not 0.
    function _dropLeftTurns(uint256 fn, uint256 sn) private pure returns (uint256, uint256) {
        while (fn & 1 == 0 && fn != 0) {
            fn >>= 1;
            sn >>= 1;
        }
        return (fn, sn);
    }
}
