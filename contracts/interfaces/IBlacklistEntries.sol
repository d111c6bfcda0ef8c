// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Entries of the blacklist, and the rights of the person whom an entry is about
/// @notice No identifier, tag or reason stands here: an entry is a salted commitment with its reporter, its dates and
/// its standing. Clocks run on block timestamps. What time alone changes (expiry, a dispute that nobody decided) is
/// computed when it is read.
interface IBlacklistEntries {
    /// @notice Where an entry stands. Only `Active` and `Corrected` entries are relied on; a disputed one is shown as
    /// such, and one whose dispute was not decided in time is not relied on until it is.
    enum Standing {
        None,
        Active,
        Disputed,
        Overdue,
        Corrected,
        Withdrawn,
        Expired
    }

    /// @notice How a dispute ended.
    enum Decision {
        None,
        Upheld,
        Corrected,
        Withdrawn
    }

    /// @notice An entry on its way in.
    /// @param nonce makes the entry's id, with the reporter: `entryId`.
    /// @param commitment SHA-256 over the tag and a salt.
    /// @param facts SHA-256 over ground, dates and the rest of the entry, and a salt.
    /// @param key address of the key that only who evaluated the identifier can derive.
    /// @param expiresAt second from which it does not count; at most five years and a month ahead.
    struct Listing {
        bytes32 nonce;
        bytes32 commitment;
        bytes32 facts;
        address key;
        uint64 expiresAt;
        uint32 keyEpoch;
        uint8 identifierType;
    }

    /// @notice An entry on its way under the key that replaced its own.
    /// @param old entry that goes on; it has to be relied on.
    /// @param nonce makes the new entry's id.
    /// @param commitment SHA-256 over the new tag and a salt.
    /// @param facts the old entry's: a renewal says the same.
    /// @param key address of the key that only who evaluated the identifier under the new key can derive.
    struct Renewal {
        bytes32 old;
        bytes32 nonce;
        bytes32 commitment;
        bytes32 facts;
        address key;
        uint32 keyEpoch;
    }

    /// @notice What is stored of an entry.
    /// @param disputedAt second of the open dispute, 0 if there is none.
    /// @param corroborations how many other members vouched for it.
    struct Entry {
        bytes32 reporter;
        bytes32 commitment;
        bytes32 facts;
        address key;
        uint64 listedAt;
        uint64 expiresAt;
        uint64 disputedAt;
        uint32 keyEpoch;
        uint8 identifierType;
        bool corrected;
        bool withdrawn;
        uint16 corroborations;
    }

    event EntryListed(
        bytes32 indexed id,
        bytes32 indexed reporter,
        uint8 indexed identifierType,
        uint32 keyEpoch,
        bytes32 commitment,
        bytes32 facts,
        address key,
        uint64 expiresAt
    );
    /// @param id of the new entry; facts, dates and standing are the old one's, which has ended with this.
    event EntryRenewed(
        bytes32 indexed old, bytes32 indexed id, uint32 keyEpoch, bytes32 commitment, address key
    );
    event EntryCorroborated(bytes32 indexed id, bytes32 indexed corroborator, uint64 date);
    /// @param statement SHA-256 of the person's statement, sealed at the member that received it.
    event EntryDisputed(bytes32 indexed id, bytes32 indexed receivedBy, bytes32 statement, uint64 decideBy);
    /// @param reasons SHA-256 of the written answer.
    /// @param inTime whether it came within the statutory period.
    event DisputeDecided(bytes32 indexed id, Decision indexed decision, bytes32 reasons, bool inTime);
    event EntryCorrected(bytes32 indexed id, bytes32 facts, uint64 expiresAt);
    event EntryWithdrawn(bytes32 indexed id, bytes32 reasons);

    error FraudBlacklistUnknownEntry(bytes32 id);
    error FraudBlacklistEntryExists(bytes32 id);
    /// @notice A commitment is zero, or the key is.
    error FraudBlacklistInvalidListing(bytes32 id);
    /// @notice The entry says something else than its renewal.
    error FraudBlacklistFactsChanged(bytes32 id);
    /// @notice The entry is of another key epoch than the present one, or a renewal of the same.
    error FraudBlacklistWrongEpoch(uint8 identifierType, uint32 given, uint32 current);
    /// @notice The expiry is past, or later than the law allows, counted from the listing.
    error FraudBlacklistInvalidExpiry(uint64 expiresAt);
    /// @notice Only the reporter changes or decides about its entry.
    error FraudBlacklistNotReporter(bytes32 id, bytes32 member);
    /// @notice The entry does not stand where the call needs it to.
    error FraudBlacklistWrongStanding(bytes32 id, Standing standing);
    /// @notice A reporter cannot vouch for its own entry.
    error FraudBlacklistOwnEntry(bytes32 id);
    error FraudBlacklistAlreadyCorroborated(bytes32 id, bytes32 member);
    /// @notice The signature is not by the entry's key over this corroboration.
    error FraudBlacklistInvalidCorroboration(bytes32 id);
    /// @notice No decision, or new facts where nothing is corrected.
    error FraudBlacklistInvalidDecision(Decision decision);
    /// @notice A statement, and a written answer, is named by its digest.
    error FraudBlacklistMissingDigest(bytes32 id);
    /// @notice The member's desk took a dispute about the same facts within the last ninety days.
    /// @param again second from which it takes the next one.
    error FraudBlacklistDisputedLately(bytes32 id, bytes32 member, uint64 again);
    /// @notice A batch has 1 to 100 listings or renewals.
    error FraudBlacklistInvalidBatch(uint256 length);

    /// @notice Lists a batch; all or none.
    function list(Listing[] calldata listings) external;

    /// @notice Lets a batch of own entries go on under the key that replaced theirs; all or none. Each ends with it, so that
    /// of the two one counts. Disputed entries are not renewed: nobody escapes an answer by a new key. Who vouched signs anew.
    function renew(Renewal[] calldata renewals) external;

    /// @notice Vouches for another member's entry, with a signature by the entry's own key.
    /// @param date second that the corroborator states.
    function corroborate(bytes32 id, uint64 date, uint8 v, bytes32 r, bytes32 s) external;

    /// @notice Records a person's dispute; any member's desk takes it. Whether and when it was decided says the reporter's
    /// `decide`; when the reporter is gone nobody can, and the entry is not relied on any more after the period.
    function dispute(bytes32 id, bytes32 statement) external;

    /// @notice Ends a dispute with a written answer.
    /// @param facts new commitment for `Corrected`, otherwise 0.
    /// @param expiresAt new expiry for `Corrected`, otherwise 0.
    function decide(bytes32 id, Decision decision, bytes32 reasons, bytes32 facts, uint64 expiresAt) external;

    /// @notice Replaces an entry's facts without a dispute. It never counts longer than a new entry of the day of its
    /// listing could have.
    function correct(bytes32 id, bytes32 facts, uint64 expiresAt) external;

    /// @notice Ends an entry for ever, and its dispute if one is open.
    function withdraw(bytes32 id, bytes32 reasons) external;

    function entry(bytes32 id) external view returns (Entry memory);

    /// @return where it stands at the present block's time.
    function standing(bytes32 id) external view returns (Standing);

    /// @return the id that `list` gives to a reporter's listing.
    function entryId(bytes32 reporter, bytes32 nonce) external pure returns (bytes32);

    /// @return what an entry's key signs to corroborate: keccak-256 over chain, contract, entry, corroborator and date.
    function corroborationDigest(bytes32 id, bytes32 corroborator, uint64 date) external view returns (bytes32);

    function hasCorroborated(bytes32 id, bytes32 member) external view returns (bool);
}
