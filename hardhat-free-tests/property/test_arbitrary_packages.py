"""Whatever the bytes: the verifier answers with a report or a documented error, and proves nothing."""

import json
from typing import Any

from harness.packages import Case
from harness.trusting import trust_bytes
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tampering import repack, unpack

from ledger.errors import LedgerError
from ledger.proof import layout
from ledger.proof.report import ExitCode
from ledger.proof.trust import read_trust
from ledger.proof.verify import verify_package
from node.memory_package import MemoryPackage

fixtures = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.floats(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@fixtures
@given(data=st.binary(max_size=400))
def test_arbitrary_bytes_as_a_package_are_refuted(full: Case, data: bytes) -> None:
    report = verify_package(MemoryPackage(data), read_trust(trust_bytes(full.trust)))
    assert report.exit_code is ExitCode.REFUTED


@fixtures
@given(prefix=st.integers(0, 2000), data=st.binary(max_size=60))
def test_a_package_with_arbitrary_bytes_inside_is_never_proved(
    small: Case, prefix: int, data: bytes
) -> None:
    package = small.package()
    changed = package[:prefix] + data + package[prefix + len(data) :]
    if changed != package:
        report = verify_package(MemoryPackage(changed), read_trust(trust_bytes(small.trust)))
        assert report.exit_code is ExitCode.REFUTED


@fixtures
@given(choice=st.data(), data=st.binary(max_size=300))
def test_any_file_with_arbitrary_content_is_refuted_though_checksums_are_right(
    full: Case, choice: Any, data: bytes
) -> None:
    folder, files = unpack(full.package())
    path = choice.draw(st.sampled_from(sorted(p for p in files if p.startswith("data/"))))
    if files[path] != data:
        package = repack(folder, {**files, path: data})
        report = verify_package(MemoryPackage(package), read_trust(trust_bytes(full.trust)))
        assert report.exit_code is ExitCode.REFUTED


@fixtures
@given(
    choice=st.data(), data=st.binary(max_size=300) | VALUES.map(lambda v: json.dumps(v).encode())
)
def test_any_file_with_arbitrary_content_under_a_signed_list_raises_nothing(
    full: Case, choice: Any, data: bytes
) -> None:
    """The exporter signs what it likes: a report must come out, whatever it says."""
    case = full.copy()
    own = (p for p in case.files if p.startswith("data/") and p != layout.PACKAGE)
    path = choice.draw(st.sampled_from(sorted(own)))
    changed = case.files[path] != data
    report = case.put(path, data).verify()
    assert len(report.findings) == 17
    if changed and path.startswith(("data/statement", "data/content", "data/fields")):
        assert report.exit_code is not ExitCode.PROVED


@fixtures
@given(data=st.binary(max_size=300) | VALUES.map(lambda v: json.dumps(v).encode()))
def test_arbitrary_bytes_as_a_trust_file_raise_documented_errors_only(data: bytes) -> None:
    try:
        read_trust(data)
    except LedgerError:
        return
    raise AssertionError("no arbitrary bytes are a trust file")


@fixtures
@given(choice=st.data(), value=VALUES)
def test_a_trust_file_with_an_arbitrary_member_is_refused_or_proves_no_more(
    full: Case, choice: Any, value: Any
) -> None:
    trust = json.loads(json.dumps(full.trust))
    place: Any = trust
    while True:
        key = choice.draw(
            st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place)))
        )
        if not isinstance(place[key], dict | list) or not place[key] or choice.draw(st.booleans()):
            break
        place = place[key]
    place[key] = value
    try:
        read = read_trust(json.dumps(trust).encode())
    except LedgerError:
        return
    report = verify_package(MemoryPackage(full.package()), read)
    assert report.trust_fingerprint == read.fingerprint
