// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {BlacklistEntries} from "./blacklist/BlacklistEntries.sol";
import {BlacklistOversight} from "./blacklist/BlacklistOversight.sol";
import {EntryRights} from "./blacklist/EntryRights.sol";
import {HeldKeys} from "./blacklist/HeldKeys.sol";
import {KeyCeremonies} from "./blacklist/KeyCeremonies.sol";
import {IConsortiumRegistry} from "./interfaces/IConsortiumRegistry.sol";
import {IFraudBlacklist} from "./interfaces/IFraudBlacklist.sol";

/// @title Fraud blacklist
/// @notice Keys, entries and oversight of the consortium's shared blacklist. No owner, no proxy, no immutables: with the
/// registry's address in slot 0 the code can stand in a genesis, and its hash can be pinned.
contract FraudBlacklist is KeyCeremonies, HeldKeys, BlacklistEntries, EntryRights, BlacklistOversight {
    uint64 private constant MIN_PHASE = 10 seconds;
    uint64 private constant MAX_PHASE = 30 days;

    /// @param registry_ the registry, already deployed.
    /// @param phaseSeconds_ seconds that each phase of a ceremony, a draw or a challenge lasts at most.
    constructor(address registry_, uint64 phaseSeconds_) {
        if (registry_.code.length == 0) revert FraudBlacklistRegistryMissing(registry_);
        if (phaseSeconds_ < MIN_PHASE || phaseSeconds_ > MAX_PHASE) {
            revert FraudBlacklistInvalidPhaseSeconds(phaseSeconds_);
        }
        _registry = IConsortiumRegistry(registry_);
        _phaseSeconds = phaseSeconds_;
    }

    /// @inheritdoc IFraudBlacklist
    function registry() external view returns (address) {
        return address(_registry);
    }
}
