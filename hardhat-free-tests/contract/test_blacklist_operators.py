"""Who acts for an institution: operators, and what the registry says of them at every call."""

import pytest
from contract.blacklist import (
    ID_NUMBER,
    JOINING,
    PHASE_SECONDS,
    Blacklist,
    found_blacklist,
    operator_of,
)
from contract.consortium import (
    ACTIVE,
    AUDITOR,
    DEPLOYER,
    LEFT,
    MEMBER,
    NOBODY,
    NONE,
    OBSERVER,
    REGULATOR,
    STRANGER,
    SUSPENDED,
    address_of,
    admin_of,
    member_id,
    newcomer,
)
from contract.evm import refuses

from contracts import artifact

NO_ADDRESS = "0x" + "00" * 20
NEW = address_of("new operator", 0)


@pytest.fixture
def blacklist() -> Blacklist:
    return found_blacklist(4)


@pytest.fixture
def unnamed() -> Blacklist:
    return found_blacklist(4, named=False)


def test_the_first_operator_gives_an_index_that_stays(unnamed: Blacklist) -> None:
    for place, number in enumerate([2, 0, 3], start=1):
        [event] = unnamed.name_operator(number).events
        assert event.name == "OperatorChanged"
        assert event.values == {
            "member": member_id(number),
            "index": place,
            "operator": operator_of(number),
        }
    [event] = unnamed.name_operator(0, NEW).events
    assert event.values == {"member": member_id(0), "index": 2, "operator": NEW}
    assert unnamed.read("operatorOf", member_id(0)) == (NEW, 2)
    assert unnamed.read("operatorOf", member_id(1)) == (NO_ADDRESS, 0)
    assert unnamed.read("memberOfOperator", NEW) == member_id(0)
    assert unnamed.read("memberOfOperator", operator_of(0)) == NOBODY


def test_only_an_active_holders_admin_names_an_operator(blacklist: Blacklist) -> None:
    with refuses("FraudBlacklistNotAdmin", STRANGER):
        blacklist.contract.send(STRANGER, "setOperator", NEW)
    with refuses("FraudBlacklistNotAdmin", operator_of(0)):
        blacklist.act(0, "setOperator", NEW)
    blacklist.suspend(3)
    with refuses("FraudBlacklistNotEntitled", member_id(3)):
        blacklist.name_operator(3, NEW)
    blacklist.reinstate(3)
    blacklist.name_operator(3, NEW)
    blacklist.consortium.decide("removeMember", member_id(3))
    with refuses("FraudBlacklistNotAdmin", admin_of(3)):
        blacklist.name_operator(3, operator_of(3))


@pytest.mark.parametrize(
    ("roles", "may_hold"),
    [(OBSERVER, False), (AUDITOR | OBSERVER, False), (REGULATOR, True), (MEMBER, True)],
)
def test_members_and_regulators_hold_shares(
    blacklist: Blacklist, roles: int, may_hold: bool
) -> None:
    blacklist.consortium.decide("admitMember", newcomer(7, roles=roles))
    if not may_hold:
        with refuses("FraudBlacklistNotEntitled", member_id(7)):
            blacklist.name_operator(7)
        return
    blacklist.name_operator(7)
    ceremony = blacklist.open(by=7)
    assert blacklist.ceremony(ceremony)["eligible"] == 5


def test_a_regulator_takes_no_part_in_entries(blacklist: Blacklist) -> None:
    blacklist.consortium.decide("admitMember", newcomer(7, roles=REGULATOR))
    blacklist.name_operator(7)
    with refuses("FraudBlacklistNotEntitled", member_id(7)):
        blacklist.act(7, "list", [])


@pytest.mark.parametrize("operator", [NO_ADDRESS, operator_of(0), operator_of(1)])
def test_an_operator_is_an_address_that_acts_for_nobody_yet(
    blacklist: Blacklist, operator: str
) -> None:
    with refuses("FraudBlacklistInvalidOperator", operator):
        blacklist.name_operator(1, operator)


def test_an_operator_that_was_replaced_is_free_for_others(blacklist: Blacklist) -> None:
    blacklist.name_operator(0, NEW)
    with refuses("FraudBlacklistNotOperator", operator_of(0)):
        blacklist.act(0, "openDraw")
    blacklist.name_operator(1, operator_of(0))
    assert blacklist.read("memberOfOperator", operator_of(0)) == member_id(1)
    ceremony = blacklist.open()
    [event] = blacklist.post(ceremony, JOINING, 0, b"k" * 32).events
    assert event.values["index"] == 2


def test_everything_is_for_operators_of_institutions_that_are_active_now(
    blacklist: Blacklist,
) -> None:
    calls: list[tuple[str, tuple[object, ...]]] = [
        ("openGeneration", (ID_NUMBER,)),
        ("openResharing", (ID_NUMBER,)),
        ("post", (1, JOINING, b"")),
        ("list", ([],)),
        ("corroborate", (NOBODY, 0, 27, NOBODY, NOBODY)),
        ("dispute", (NOBODY, NOBODY)),
        ("decide", (NOBODY, 0, NOBODY, NOBODY, 0)),
        ("correct", (NOBODY, NOBODY, 0)),
        ("withdraw", (NOBODY, NOBODY)),
        ("challenge", (NOBODY, NOBODY, b"")),
        ("answer", (1, b"")),
        ("openDraw", ()),
        ("commitDraw", (1, NOBODY)),
        ("revealDraw", (1, NOBODY)),
    ]
    blacklist.suspend(3)
    for name, arguments in calls:
        with refuses("FraudBlacklistNotOperator", STRANGER):
            blacklist.contract.send(STRANGER, name, *arguments)
        with refuses("FraudBlacklistNotEntitled", member_id(3)):
            blacklist.act(3, name, *arguments)


def test_the_registry_says_where_an_institution_stands(blacklist: Blacklist) -> None:
    registry = blacklist.consortium.registry
    assert registry.read("standingOf", member_id(0)) == (ACTIVE, MEMBER)
    blacklist.consortium.decide("setRoles", member_id(0), MEMBER | AUDITOR)
    assert registry.read("standingOf", member_id(0)) == (ACTIVE, MEMBER | AUDITOR)
    blacklist.suspend(3)
    assert registry.read("standingOf", member_id(3)) == (SUSPENDED, MEMBER)
    blacklist.consortium.decide("removeMember", member_id(3))
    assert registry.read("standingOf", member_id(3)) == (LEFT, MEMBER)
    assert registry.read("standingOf", member_id(9)) == (NONE, 0)


def test_the_contract_names_its_registry_and_phase(blacklist: Blacklist) -> None:
    assert blacklist.read("registry") == blacklist.consortium.registry.address
    assert blacklist.read("phaseSeconds") == PHASE_SECONDS


def test_a_registry_that_is_not_there_is_refused(blacklist: Blacklist) -> None:
    with refuses("FraudBlacklistRegistryMissing", STRANGER):
        blacklist.chain.deploy(DEPLOYER, artifact("FraudBlacklist"), STRANGER, PHASE_SECONDS)


@pytest.mark.parametrize(
    ("seconds", "refused"), [(9, True), (10, False), (30 * 86_400, False), (30 * 86_400 + 1, True)]
)
def test_a_phase_lasts_ten_seconds_to_thirty_days(seconds: int, refused: bool) -> None:
    if not refused:
        assert found_blacklist(2, phase_seconds=seconds).read("phaseSeconds") == seconds
        return
    with refuses("FraudBlacklistInvalidPhaseSeconds", seconds):
        found_blacklist(2, phase_seconds=seconds)
