"""RFC 9497, appendix A.1: every ristretto255 vector of the modes OPRF and VOPRF, proof bytes included."""

import json
from typing import Any

import pytest
from vectors.reading import HERE

from blacklist.curve import points
from blacklist.curve.scalars import Scalar, inverses
from blacklist.domain.oprf import dleq
from blacklist.domain.oprf.blinding import blind, unblind
from blacklist.domain.oprf.dleq import DleqProof, Equality
from blacklist.domain.oprf.suite import Mode, Suite

SUITES = json.loads((HERE / "rfc9497" / "ristretto255.json").read_text(encoding="utf-8"))
CASES = [
    pytest.param(suite, vector, id=f"{Mode(suite['mode']).name}-{place}")
    for suite in SUITES
    for place, vector in enumerate(suite["vectors"], 1)
]


def _list(text: str) -> list[bytes]:
    return [bytes.fromhex(each) for each in text.split(",")]


@pytest.mark.parametrize(("suite", "vector"), CASES)
def test_blinding_evaluating_and_finalising_give_the_published_bytes(
    suite: dict[str, Any], vector: dict[str, Any]
) -> None:
    hashes = Suite(Mode(suite["mode"]))
    key = Scalar.decode(bytes.fromhex(suite["skSm"]))
    inputs = _list(vector["Input"])
    blinds = [Scalar.decode(each) for each in _list(vector["Blind"])]
    blinded = [blind(given, by, hashes) for given, by in zip(inputs, blinds, strict=True)]
    assert blinded == _list(vector["BlindedElement"])
    evaluated = [points.multiply(key, each) for each in blinded]
    assert evaluated == _list(vector["EvaluationElement"])
    rows = zip(inputs, inverses(blinds), evaluated, strict=True)
    assert [unblind(*row).reveal() for row in rows] == _list(vector["Output"])


@pytest.mark.parametrize(("suite", "vector"), [case for case in CASES if "Proof" in case.values[1]])  # type: ignore[operator]  # a parameter set holds what we put there
def test_proofs_are_the_published_bytes_and_verify(
    suite: dict[str, Any], vector: dict[str, Any]
) -> None:
    hashes = Suite(Mode(suite["mode"]))
    key = Scalar.decode(bytes.fromhex(suite["skSm"]))
    public = bytes.fromhex(suite["pkSm"])
    assert points.multiply_base(key) == public
    statement = Equality(
        public, _list(vector["BlindedElement"]), _list(vector["EvaluationElement"])
    )
    nonce = Scalar.decode(bytes.fromhex(vector["Proof"]["r"]))
    proof = dleq.prove(hashes, key, statement, nonce)
    assert proof.encoded == bytes.fromhex(vector["Proof"]["proof"])
    assert dleq.verify(hashes, statement, DleqProof.decode(proof.encoded))


def test_there_are_vectors_of_both_modes() -> None:
    assert [(suite["mode"], len(suite["vectors"])) for suite in SUITES] == [(0, 2), (1, 3)]
