"""A person is listed by commands, with two persons and everything that the law asks for."""

from datetime import date, timedelta
from pathlib import Path

from harness.founders import Institution
from harness.people import PASSWORD, SHELL, sign_in
from harness.rpc_node import until

from node.identity.permissions import Role

TODAY = date.today()  # noqa: DTZ011 - the commands use this machine's day too


def identifier_file(folder: Path, text: str) -> Path:
    """A file with an identifier."""
    file = folder / "identifier.txt"
    file.write_text(text)
    return file


def leaf_of(bank: Institution, folder: Path, text: str) -> str:
    """Seal a text and return its evidence id."""
    return str(bank.seal(folder, text)["id"])


def _listing(bank: Institution, folder: Path, raw: str) -> list[str]:
    proofs = (
        "person-identified", "conduct-documented", "no-suspicion-report", "intent-shown",
        "person-heard", "document-examined",
    )  # fmt: skip
    evidence, consent, notice = (leaf_of(bank, folder, each) for each in ("a", "b", "c"))
    return [
        "id", "--identifier-file", str(identifier_file(folder, raw)),
        "--ground", "forged-documents", "--severity", "serious",
        *(part for each in proofs for part in ("--proof", each)),
        "--evidence", evidence, "--basis", "consent", "--basis-evidence", consent,
        "--notice", notice, "--notified-on", (TODAY - timedelta(days=20)).isoformat(),
        "--conduct-ended", (TODAY - timedelta(days=90)).isoformat(), "--reason", "case 7",
    ]  # fmt: skip


def list_person(bank: Institution, folder: Path, raw: str) -> str:
    """Ask, let another person decide, wait for the chain; return the entry's id."""
    with bank.node() as node:
        token = node.identity.invitations.invite((Role.SUPERVISOR,), by=SHELL)
        node.identity.invitations.accept(token, name="Bob", login="bob", password=PASSWORD)
    asked = bank.cli.ok("blacklist", "list", *_listing(bank, folder, raw))
    assert bank.cli.ok("blacklist", "entries")["waiting"][0]["state"] == "asked"
    with bank.node() as node:
        bob = sign_in(node.identity, "bob").principal
        node.identity.releases.decide(asked["release"], bob, approve=True, reason="ok")
    until(lambda: bank.cli.ok("blacklist", "entries")["listed"], 60, pause=0.5)
    entry: str = asked["entry"]
    return entry
