// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Who acts for an institution, and the keys that ceremonies ended with
interface IHeldKeys {
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
    /// @param keys K, then two bytes of index and K_j for every holder, ascending.
    event KeyActivated(
        uint64 indexed ceremony, uint8 indexed identifierType, uint32 keyEpoch, uint32 shareEpoch, bytes keys
    );

    /// @notice The sender is nobody's operator.
    error FraudBlacklistNotOperator(address sender);
    /// @notice The sender is nobody's admin in the registry.
    error FraudBlacklistNotAdmin(address sender);
    /// @notice The institution is not active, or has no role that allows this.
    error FraudBlacklistNotEntitled(bytes32 member);
    /// @notice The address is zero, or the operator of an institution already.
    error FraudBlacklistInvalidOperator(address operator);
    /// @notice The keys are not the ones that the holders attested.
    error FraudBlacklistNotAttested(uint64 ceremony, bytes32 digest, uint16 attestations, uint16 needed);
    /// @notice The keys are not of their form, or not those of the present key.
    error FraudBlacklistInvalidKeys();

    /// @notice Names the address that acts for the sender's institution here; called by its admin. The first call gives
    /// the institution its index, which stays and is never given again.
    function setOperator(address operator) external;

    /// @notice Makes the attested keys the present ones; anybody may.
    /// @param keys see `KeyActivated`.
    function activate(uint64 ceremony, bytes calldata keys) external;

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
}
