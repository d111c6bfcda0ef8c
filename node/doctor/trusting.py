"""Check of what courts are given: a trust file that enough members signed, and that is still true."""

from collections.abc import Iterator

from ledger.errors import RefusedError
from ledger.proof.trust import read_trust
from node import trust_keeping, trust_signing
from node.doctor.diagnosis import Diagnosis
from node.wiring import Node


def trust(node: Node) -> Iterator[Diagnosis]:
    """The signed trust file says what the registry says now."""
    if node.settings.registry is None:
        return
    signed = trust_keeping.kept(node.settings.home)
    if signed is None:
        quorum = node.trust.policy.trust_quorum
        if quorum:
            yield Diagnosis("doctor-trust", "warning", "doctor-trust-none", {"quorum": quorum})
        return
    try:
        trust_signing.check(node, read_trust(signed))
    except RefusedError as error:
        params = {"what": error.params.get("what")}
        yield Diagnosis("doctor-trust", "warning", "doctor-trust-old", params)
