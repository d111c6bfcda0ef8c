// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title What the registry stores about members and keys, and how it speaks of it
/// @notice Records are append-only in substance: a key record is closed, never removed or reopened, and an institution
/// that left keeps its entry for ever, so that old evidence can always be judged against the keys of its day.
/// Blocks are inclusive at both ends: a record holds for `sinceBlock <= b <= untilBlock`, and an open record
/// (`reason == None` or `status != Left`) has no upper end; its `untilBlock` is 0.
interface IRegistryRecords {
    /// @notice Where an institution stands. `Left` is final: who comes back comes back under a new id.
    enum Status {
        None,
        Active,
        Suspended,
        Left
    }

    /// @notice What a key may sign: statements, checkpoints, or transactions that anchor.
    enum KeyPurpose {
        Evidence,
        Log,
        Anchor
    }

    /// @notice Why a key record was closed. `Compromised` alone gives `compromisedSince` a meaning.
    enum KeyReason {
        None,
        Rotated,
        Retired,
        Compromised
    }

    /// @notice One institution. The first slot packs all that the anchor contract asks for.
    /// @param generation the current log generation, from 0.
    /// @param roles bit set: 1 member (votes and anchors), 2 observer, 4 court, 8 regulator, 16 auditor.
    /// @param nameHash SHA-256 of the registered name in UTF-8 NFC; the name itself stays off the chain.
    /// @param admin the only address that speaks for the institution here. Zero bytes after it.
    /// @param endpoint URL at which peers reach the node.
    /// @param logOrigin C2SP origin line of its checkpoints; never given to a second institution.
    struct Member {
        uint64 generation;
        uint64 sinceBlock;
        uint64 untilBlock;
        uint8 roles;
        Status status;
        bytes32 nameHash;
        address admin;
        string endpoint;
        string logOrigin;
    }

    /// @notice One public key: 32 bytes of Ed25519 (evidence, log), or an address in the low 20 bytes (anchor).
    struct KeyRecord {
        bytes32 publicKey;
        uint64 sinceBlock;
        uint64 untilBlock;
        uint64 compromisedSince;
        KeyPurpose purpose;
        KeyReason reason;
    }

    /// @notice The same facts about an anchor key, found by its address, so that two words of storage prove it.
    struct AnchorKey {
        bytes32 member;
        uint64 sinceBlock;
        uint64 untilBlock;
        uint64 compromisedSince;
        KeyReason reason;
    }

    /// @notice A key on its way in. Voters check `proofOfPossession` off chain: no precompile knows Ed25519.
    struct NewKey {
        KeyPurpose purpose;
        bytes32 publicKey;
        bytes proofOfPossession;
    }

    /// @notice An institution on its way in.
    struct NewMember {
        bytes32 id;
        bytes32 nameHash;
        address admin;
        uint8 roles;
        string endpoint;
        string logOrigin;
        NewKey[] keys;
    }

    event MemberAdmitted(
        bytes32 indexed member, bytes32 nameHash, address admin, uint8 roles, string endpoint, string logOrigin
    );
    event MemberRolesChanged(bytes32 indexed member, uint8 previousRoles, uint8 roles);
    event MemberSuspended(bytes32 indexed member);
    event MemberReinstated(bytes32 indexed member);
    /// @param byVote false when the institution left by itself.
    event MemberLeft(bytes32 indexed member, bool byVote);
    event MemberAdminChanged(bytes32 indexed member, address previousAdmin, address admin);
    event MemberEndpointChanged(bytes32 indexed member, string endpoint);
    /// @param index place in `keyRecords(member)`.
    event KeyAdded(
        bytes32 indexed member,
        KeyPurpose indexed purpose,
        bytes32 indexed publicKey,
        uint256 index,
        bytes proofOfPossession
    );
    event KeyClosed(
        bytes32 indexed member,
        KeyPurpose indexed purpose,
        bytes32 indexed publicKey,
        uint256 index,
        KeyReason reason,
        uint64 compromisedSince
    );
    /// @param oldSize size of the head of the generation that ends, 0 if it was never anchored.
    event LogGenerationOpened(bytes32 indexed member, uint64 indexed generation, uint64 oldSize, bytes32 oldRoot);
    event ValidatorsChanged(address[] validators);

    /// @notice No institution was ever admitted under this id.
    error ConsortiumRegistryUnknownMember(bytes32 member);
    /// @notice The id was given before, perhaps to an institution that left.
    error ConsortiumRegistryMemberExists(bytes32 member);
    /// @notice The institution does not stand where the call needs it to.
    error ConsortiumRegistryWrongStatus(bytes32 member, Status status);
    /// @notice Id and name hash must not be zero.
    error ConsortiumRegistryInvalidIdentity(bytes32 member, bytes32 nameHash);
    /// @notice Roles are empty or hold an unknown bit.
    error ConsortiumRegistryInvalidRoles(uint8 roles);
    /// @notice The zero address cannot be an admin.
    error ConsortiumRegistryInvalidAdmin(address admin);
    /// @notice The address is the admin of another institution (or of this one already).
    error ConsortiumRegistryAdminInUse(address admin, bytes32 member);
    /// @notice An endpoint has 1 to 256 printable ASCII characters without spaces.
    error ConsortiumRegistryInvalidEndpoint(string endpoint);
    /// @notice An origin has 1 to 128 printable ASCII characters without spaces and "+".
    error ConsortiumRegistryInvalidOrigin(string origin);
    /// @notice Two logs under one origin would look like one log that shows two faces.
    error ConsortiumRegistryOriginInUse(string origin, bytes32 member);
    /// @notice The key is zero, or an anchor key is not an address.
    error ConsortiumRegistryInvalidKey(KeyPurpose purpose, bytes32 publicKey);
    /// @notice A public key serves one institution and one purpose, once, for ever.
    error ConsortiumRegistryKeyInUse(bytes32 publicKey, bytes32 member);
    /// @notice The institution has no key record at this place.
    error ConsortiumRegistryUnknownKey(bytes32 member, uint256 index);
    /// @notice A record can only grow worse: open to retired, anything to compromised, compromised to earlier.
    error ConsortiumRegistryInvalidRevocation(bytes32 member, uint256 index, KeyReason from, KeyReason to);
    /// @notice The compromise lies in the future, or before the key existed, or is given for a retired key.
    error ConsortiumRegistryInvalidCompromise(uint64 compromisedSince);
    /// @notice Generations are opened one after another.
    error ConsortiumRegistryWrongGeneration(bytes32 member, uint64 given, uint64 expected);
    /// @notice The head named is not the one that the anchor contract holds.
    error ConsortiumRegistryHeadMismatch(bytes32 member, uint64 size, bytes32 root);
    /// @notice There is no contract where the registry expects the anchor contract.
    error ConsortiumRegistryAnchorMissing(address evidenceAnchor);
    /// @notice Validators are not empty, not zero, strictly ascending, and at most 256.
    error ConsortiumRegistryInvalidValidators();
}
