import pytest

from ledger.errors import LimitError, RefusedError
from node.identity import passwords
from node.identity.passwords import check_password, hash_password, verify_password


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("elevenchars", "password-too-short"),
        ("password1234", "password-common"),
        ("PassWord1234", "password-common"),
        ("ababababababab", "password-common"),
        ("ann.archer rules", "password-has-name"),
        ("AnnArcher-2026-x", "password-has-name"),
    ],
)
def test_a_bad_password_is_refused_with_its_reason(password: str, code: str) -> None:
    with pytest.raises(RefusedError) as caught:
        check_password(password, "ann.archer", "Ann Archer")
    assert caught.value.code == code


def test_a_long_phrase_needs_no_digits_or_signs() -> None:
    check_password("copper lantern at dusk", "ann", "Ann")
    check_password("月落乌啼霜满天江枫渔火对愁眠", "ann", "Ann")


def test_what_is_longer_than_any_phrase_costs_no_hashing() -> None:
    with pytest.raises(LimitError):
        check_password("x1y2z" * 100)
    assert not verify_password(hash_password("copper lantern at dusk"), "x" * 257)


def test_two_keyboards_write_the_same_password() -> None:
    stored = hash_password("café lantern at dusk")
    assert verify_password(stored, "cafe\u0301 lantern at dusk")
    assert not verify_password(stored, "cafe lantern at dusk")


def test_nobody_verifies_without_a_stored_password() -> None:
    assert not verify_password(None, "nobody has this password")
    assert not verify_password("damaged", "copper lantern at dusk")


def test_the_list_holds_only_what_length_does_not_refuse() -> None:
    assert {len(each) >= passwords.MIN_CHARACTERS for each in passwords.COMMONEST} == {True}
    assert {each == each.casefold() for each in passwords.COMMONEST} == {True}


def test_hashes_are_argon2id() -> None:
    assert hash_password("copper lantern at dusk").startswith("$argon2id$")
