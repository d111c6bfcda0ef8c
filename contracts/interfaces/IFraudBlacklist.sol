// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IBlacklistEntries} from "./IBlacklistEntries.sol";
import {IBlacklistOversight} from "./IBlacklistOversight.sol";
import {IHeldKeys} from "./IHeldKeys.sol";
import {IKeyCeremonies} from "./IKeyCeremonies.sol";

/// @title Shared fraud blacklist
/// @notice Who may do what follows from the registry at every call: a suspended institution stops with that block.
interface IFraudBlacklist is IKeyCeremonies, IHeldKeys, IBlacklistEntries, IBlacklistOversight {
    /// @notice There is no contract at the registry's address.
    error FraudBlacklistRegistryMissing(address registry);
    /// @notice A phase lasts ten seconds to thirty days.
    error FraudBlacklistInvalidPhaseSeconds(uint64 phaseSeconds);

    function registry() external view returns (address);
}
