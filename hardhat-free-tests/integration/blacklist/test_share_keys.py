"""Keys of shares under a master key that another process changes meanwhile."""

from dataclasses import replace

from harness.ledger import Ledger

from blacklist.curve.secret import hold
from ledger.keys.files import load_secret
from node.blacklist.making import make_share_keys
from node.key_places import KEYS
from node.key_rotation import rotate
from node.keyring import Keyring
from node.master_key import source_of


def test_a_changed_master_key_is_noticed_by_who_seals_and_opens(ledger: Ledger) -> None:
    running = make_share_keys(ledger.node)
    before = running.seal("share-1-1-1", hold(b"of before"))
    # Another process, with a node of its own.
    other = replace(ledger.node, keyring=Keyring(ledger.node.settings, ledger.node.master_keys))
    rotate(other, sheet=lambda _: None, progress=lambda _: None)
    assert running.master_keys != source_of(ledger.node.settings).load()
    assert running.open("share-1-1-1", before).reveal() == b"of before"
    late = make_share_keys(ledger.node)
    late.master_keys = replace(late.master_keys, present=bytes(32), following=None)
    sealed = late.seal("share-1-1-2", hold(b"of after"))
    assert late.open("share-1-1-2", sealed).reveal() == b"of after"
    present = source_of(ledger.node.settings).load().present
    assert load_secret(ledger.home / KEYS / "share-1-1-2.key", present)
