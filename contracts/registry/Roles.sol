// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

// Roles are bits of one byte, so that an institution can hold several.
uint8 constant ROLE_MEMBER = 1; // votes, and anchors its log
uint8 constant ROLE_OBSERVER = 2;
uint8 constant ROLE_COURT = 4;
uint8 constant ROLE_REGULATOR = 8;
uint8 constant ROLE_AUDITOR = 16;
uint8 constant ALL_ROLES = ROLE_MEMBER | ROLE_OBSERVER | ROLE_COURT | ROLE_REGULATOR | ROLE_AUDITOR;
