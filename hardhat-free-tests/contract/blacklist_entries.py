"""Entries for tests: listings, and corroborations signed by the key of an entry."""

from typing import Any

from contract.blacklist import ID_NUMBER, Blacklist, word_of
from contract.consortium import member_id
from contract.evm import FIRST_SECOND, Outcome
from eth_abi import encode
from eth_keys.datatypes import PrivateKey
from eth_utils import keccak

DAY = 86_400
DISPUTE_TERM = 20 * DAY
DISPUTE_PAUSE = 90 * DAY
MAX_TERM = (5 * 366 + 31) * DAY
NO_STANDING, ACTIVE, DISPUTED, OVERDUE, CORRECTED, WITHDRAWN, EXPIRED = range(7)
NO_DECISION, UPHELD, DECIDED_CORRECTED, DECIDED_WITHDRAWN = range(4)
ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
LATER = FIRST_SECOND + 365 * DAY
STATEMENT, REASONS, FACTS = word_of("statement"), word_of("reasons"), word_of("new facts")
NO_DIGEST = bytes(32)


def entry_key(name: object) -> PrivateKey:
    """Return what would be derived from the identifier's evaluation."""
    return PrivateKey(word_of("entry key", name))


def listing(name: object, **changes: Any) -> tuple[Any, ...]:
    """Return the ABI tuple of a listing."""
    fields = {
        "nonce": word_of("nonce", name),
        "commitment": word_of("commitment", name),
        "facts": word_of("facts", name),
        "key": entry_key(name).public_key.to_address(),
        "expiresAt": LATER,
        "keyEpoch": 1,
        "identifierType": ID_NUMBER,
    }
    return tuple((fields | changes).values())


def renewal(
    old: bytes, name: object, facts: bytes, key_epoch: int, **changes: Any
) -> tuple[Any, ...]:
    """Return the ABI tuple of a renewal."""
    fields = {
        "old": old,
        "nonce": word_of("nonce", name),
        "commitment": word_of("commitment", name),
        "facts": facts,
        "key": entry_key(name).public_key.to_address(),
        "keyEpoch": key_epoch,
    }
    return tuple((fields | changes).values())


def id_of(reporter: int, name: object) -> bytes:
    return keccak(encode(["bytes32", "bytes32"], [member_id(reporter), word_of("nonce", name)]))


def digest_of(
    blacklist: Blacklist, entry: bytes, corroborator: int, date: int, /, **changes: Any
) -> bytes:
    """Return what an entry's key signs, by docs/spec/contracts.md."""
    fields = {
        "purpose": keccak(text="lz-blacklist/v1/corroborate"),
        "chain": blacklist.chain.evm.env.cfg.chain_id,
        "contract": blacklist.contract.address,
        "entry": entry,
        "corroborator": member_id(corroborator),
        "date": date,
    } | changes
    types = ["bytes32", "uint256", "address", "bytes32", "bytes32", "uint64"]
    return keccak(encode(types, list(fields.values())))


def signature_of(digest: bytes, key: PrivateKey) -> tuple[int, bytes, bytes]:
    """Return v, r and s."""
    signed = key.sign_msg_hash(digest)
    return signed.v + 27, signed.r.to_bytes(32, "big"), signed.s.to_bytes(32, "big")


def corroborate(
    blacklist: Blacklist, number: int, reporter: int, name: object, date: int = FIRST_SECOND
) -> Outcome:
    entry = id_of(reporter, name)
    signed = signature_of(digest_of(blacklist, entry, number, date), entry_key(name))
    return blacklist.act(number, "corroborate", entry, date, *signed)


def enlist(blacklist: Blacklist, reporter: int, name: object, **changes: Any) -> bytes:
    """List one entry, and return its id."""
    blacklist.act(reporter, "list", [listing(name, **changes)])
    return id_of(reporter, name)
