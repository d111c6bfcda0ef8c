"""Who signed a trust file: every way of changing it, every count around the quorum, and files from before."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from harness.signed_trust import HEIGHT, NAMES, member, member_id, read, sign, signer, trust_file
from harness.trusting import key_record

from ledger.errors import MalformedError, RefusedError
from ledger.proof.trust_quorum import check_previous, check_quorum, majority, signing_of
from ledger.verifier import command

A, B, C = NAMES
Change = Callable[[dict[str, Any]], None]


def changed(value: dict[str, Any], change: Change) -> dict[str, Any]:
    value = copy.deepcopy(value)
    change(value)
    return value


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the path of every plain value in a file."""
    if isinstance(value, dict):
        return [found for name, each in value.items() for found in places(each, (*path, name))]
    if isinstance(value, list):
        return [found for at, each in enumerate(value) for found in places(each, (*path, at))]
    return [path]


def other(value: Any) -> Any:
    """Return another value of the same form."""
    if isinstance(value, int):
        return value + 1
    if value is None:
        return 7
    for old, new in (
        ("0", "1"),
        ("1", "2"),
        ("a", "b"),
        ("银", "行"),
        ("V1", "V3"),
        ("dev", "clique"),
    ):
        if old in value:
            return str(value).replace(old, new, 1)
    return value + "x"


def test_the_fingerprint_is_the_same_however_many_have_signed() -> None:
    value = trust_file()
    assert len({read(each).fingerprint for each in (value, sign(value, A), sign(value, A, B))}) == 1


def test_any_value_changed_after_signing_makes_the_file_unreadable() -> None:
    value = sign(trust_file(), A, B)
    for path in places(value):
        other_file = copy.deepcopy(value)
        inner: Any = other_file
        for step in path[:-1]:
            inner = inner[step]
        inner[path[-1]] = other(inner[path[-1]])
        with pytest.raises(MalformedError):
            read(other_file)


ADDED_OR_REMOVED: dict[str, Change] = {
    "a member added": lambda v: v["members"].append(member("丁银行")),
    "a member removed": lambda v: v["members"].pop(),
    "a key added": lambda v: v["members"][0]["keys"].append(key_record("log", b"\7" * 32)),
    "a suspension added": lambda v: v["members"][2]["inactive"].append({"since": 5, "until": None}),
    "a timestamp root added": lambda v: v["timestamp_roots"].append("00"),
    "the instant removed": lambda v: v.pop("made_at"),
    "the quorum removed": lambda v: v["policy"].pop("trust_quorum"),
    "roles removed": lambda v: v["members"][0].pop("roles"),
}


@pytest.mark.parametrize("name", ADDED_OR_REMOVED)
def test_what_is_added_or_removed_after_signing_names_the_signer(name: str) -> None:
    with pytest.raises(MalformedError) as caught:
        read(changed(sign(trust_file(), A, B), ADDED_OR_REMOVED[name]))
    assert (caught.value.code, caught.value.params["name"]) == ("trust-signature", A)


def _moved(value: dict[str, Any]) -> None:
    value["signatures"][0]["member"] = member_id(B).hex()


def _of_another_file(value: dict[str, Any]) -> None:
    value["signatures"] = sign(trust_file(quorum=1), A)["signatures"]


TAMPERED: dict[str, tuple[Change, str]] = {
    "a signature of another file": (_of_another_file, "trust-signature"),
    "a bit of the signature": (
        lambda v: v["signatures"][0].update(signature="00" + v["signatures"][0]["signature"][2:]),
        "trust-signature",
    ),
    "the time of signing": (
        lambda v: v["signatures"][0].update(signed_at="2026-11-20T02:10:45.001Z"),
        "trust-signature",
    ),
    "another member's name to it": (_moved, "trust-signer-key"),
    "a signer who is no member": (
        lambda v: v["signatures"][0].update(member="77" * 32),
        "trust-signer-unknown",
    ),
    "a signature twice": (
        lambda v: v["signatures"].append(v["signatures"][0]),
        "trust-signed-twice",
    ),
    "no height": (lambda v: v.pop("height"), "trust-form"),
    "an unknown part": (lambda v: v["signatures"][0].update(note=""), "trust-form"),
    "a part left out": (lambda v: v["signatures"][0].pop("signed_at"), "trust-form"),
    "a list that is none": (lambda v: v.update(signatures={}), "trust-form"),
}


@pytest.mark.parametrize("name", TAMPERED)
def test_signatures_that_were_tampered_with_make_the_file_unreadable(name: str) -> None:
    change, code = TAMPERED[name]
    with pytest.raises(MalformedError) as caught:
        read(changed(sign(trust_file(), A), change))
    assert caught.value.code == code


@pytest.mark.parametrize("names", [(), (A,), (A, B), NAMES])
def test_members_are_counted_below_at_and_above_the_quorum(names: tuple[str, ...]) -> None:
    trust = read(sign(trust_file(), *names))
    signing = signing_of(trust)
    assert (signing.signers, signing.members, signing.reached) == (names, 3, len(names) >= 2)
    if len(names) >= 2:
        check_quorum(trust)
        return
    with pytest.raises(RefusedError) as caught:
        check_quorum(trust)
    assert caught.value.params["signed"] == len(names)


UNCOUNTED: dict[str, dict[str, Any]] = {
    "suspended": {"inactive": [{"since": HEIGHT, "until": None}]},
    "no vote": {"roles": ["observer"]},
    "key not open yet": {"keys": [key_record("evidence", signer(B).public_key, since=HEIGHT + 1)]},
    "key rotated": {"keys": [key_record("evidence", signer(B).public_key, until=HEIGHT - 1)]},
    "key compromised": {
        "keys": [key_record("evidence", signer(B).public_key, compromised_since=HEIGHT)]
    },
}


@pytest.mark.parametrize("name", UNCOUNTED)
def test_a_signature_without_a_vote_or_an_open_key_is_shown_and_not_counted(name: str) -> None:
    members = [member(A), member(B, **UNCOUNTED[name]), member(C)]
    signing = signing_of(read(sign(trust_file(members=members), A, B)))
    assert (signing.signers, signing.uncounted, signing.reached) == ((A,), (B,), False)


def test_a_suspension_that_is_over_or_still_to_come_does_not_matter() -> None:
    inactive = [{"since": 5, "until": HEIGHT - 1}, {"since": HEIGHT + 1, "until": None}]
    members = [member(A, inactive=inactive), member(B), member(C)]
    assert signing_of(read(sign(trust_file(members=members), A, B))).reached


def test_a_file_from_before_signatures_is_read_and_needs_none() -> None:
    old = trust_file()
    for name in ("made_at", "height"):
        del old[name]
    del old["policy"]["trust_quorum"]
    for each in old["members"]:
        del each["inactive"], each["roles"]
    trust = read(old)
    check_quorum(trust)
    assert (trust.signatures, trust.policy.trust_quorum, signing_of(trust).members) == ((), 0, 3)


@pytest.mark.parametrize(("members", "quorum"), [(0, 0), (1, 0), (2, 2), (3, 2), (4, 3), (5, 3)])
def test_more_than_half_must_sign_by_default_and_nobody_of_one(members: int, quorum: int) -> None:
    assert majority(members) == quorum


def successor(*names: str, run: int = 0, **changes: Any) -> Any:
    return read(sign(trust_file(height=HEIGHT + 50, **changes), *names, run=run))


def test_a_new_file_follows_when_a_quorum_of_the_old_members_signed_it() -> None:
    old = read(trust_file())
    check_previous(successor(A, B), old)
    with pytest.raises(RefusedError, match="trust-previous-quorum"):
        check_previous(successor(A), old)


def test_members_that_the_old_file_does_not_know_cannot_carry_the_new_one() -> None:
    """An invented consortium signs itself; the old file's members did not."""
    invented = [member(name) for name in ("假一", "假二", "假三")]
    forged = read(sign(trust_file(height=200, members=invented), "假一", "假二", "假三"))
    check_quorum(forged)
    with pytest.raises(RefusedError, match="trust-previous-quorum"):
        check_previous(forged, read(trust_file()))


def test_keys_that_the_old_file_does_not_know_do_not_count_for_it() -> None:
    fresh = [member(n, keys=[key_record("evidence", signer(n, 1).public_key)]) for n in NAMES]
    forged = successor(A, B, C, run=1, members=fresh)
    with pytest.raises(RefusedError, match="trust-previous-quorum"):
        check_previous(forged, read(trust_file()))


def test_a_member_with_a_new_key_is_carried_by_the_others() -> None:
    keys = [key_record("evidence", signer(C).public_key, until=120, reason="rotated"),
            key_record("evidence", signer(C, 1).public_key, since=121)]  # fmt: skip
    members = [member(A), member(B), member(C, keys=keys)]
    check_previous(successor(A, B, members=members), read(trust_file()))


def test_an_old_file_without_a_quorum_asks_for_more_than_half_of_its_members() -> None:
    old = read(trust_file(quorum=0))
    check_previous(successor(A, B), old)
    with pytest.raises(RefusedError, match="trust-previous-quorum"):
        check_previous(successor(A), old)


def test_an_older_file_or_one_of_another_chain_does_not_follow() -> None:
    value = trust_file(height=HEIGHT - 1)
    with pytest.raises(RefusedError, match="trust-previous-newer"):
        check_previous(read(sign(value, A, B)), read(trust_file()))
    elsewhere = trust_file()
    elsewhere["chain"]["genesis"] = "22" * 32
    with pytest.raises(RefusedError, match="trust-previous-chain"):
        check_previous(read(sign(elsewhere, A, B)), read(trust_file()))


def _run(folder: Path, value: dict[str, Any], *more: str) -> int:
    trust, package = folder / "trust.json", folder / "package.zip"
    trust.write_text(json.dumps(value), "utf-8")
    package.write_bytes(b"no package: refuted, once the trust file was taken")
    return command.main([str(package), "--trust", str(trust), *more])


def test_the_command_refuses_too_few_signatures_unless_it_is_told_to_accept_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _run(tmp_path, sign(trust_file(), A)) == 2
    assert "甲银行" in capsys.readouterr().err
    assert _run(tmp_path, sign(trust_file(), A), "--accept-unsigned-trust") == 1
    assert "签署成员不足（1/2）" in capsys.readouterr().out
    assert _run(tmp_path, sign(trust_file(), A, B)) == 1
    out = capsys.readouterr().out
    assert "信任文件由 2 家成员签署（共 3 家，须 2 家）：甲银行、乙银行" in out
    assert "不足" not in out


def test_the_command_names_the_member_whose_signature_does_not_hold(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    value = sign(trust_file(), A, B)
    value["members"][2]["keys"] = []
    assert _run(tmp_path, value, "--accept-unsigned-trust", "--lang", "en") == 2
    assert f"The signature of {A} under the trust file does not hold" in capsys.readouterr().err


def test_the_command_says_that_a_file_follows_from_an_older_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old = tmp_path / "old.json"
    old.write_text(json.dumps(trust_file()), "utf-8")
    assert _run(tmp_path, sign(trust_file(height=150), A, B), "--previous", str(old), "--json") == 1
    signing = json.loads(capsys.readouterr().out)["trust_signing"]
    assert signing["previous"] == read(trust_file()).fingerprint
    forged = trust_file(height=150, members=[member("假一"), member("假二")])
    assert _run(tmp_path, sign(forged, "假一", "假二"), "--previous", str(old)) == 2
