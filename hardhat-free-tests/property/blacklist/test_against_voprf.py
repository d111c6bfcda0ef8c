"""Against an independent implementation (the package ``voprf``, Rust), both ways.

It writes a proof before the element that it is about.
"""

from hypothesis import given, settings
from hypothesis import strategies as st
from voprf.ristretto import BlindedInput, Client, Evaluator, PublicKey, VerifiableOutput

from blacklist.curve import points
from blacklist.curve.scalars import Scalar
from blacklist.curve.secret import fill_random
from blacklist.domain.oprf.blinding import blind, unblind
from blacklist.domain.oprf.dleq import PROOF_BYTES, DleqProof
from blacklist.domain.oprf.evaluation import ProvedAnswer, answer, is_right

INPUTS = st.binary(min_size=1, max_size=200)
SEEDS = st.binary(min_size=32, max_size=32)


@given(INPUTS, SEEDS)
@settings(max_examples=60)
def test_our_client_understands_their_server(identifier: bytes, seed: bytes) -> None:
    server = Evaluator(seed)
    blinding = Scalar.random(fill_random)
    blinded = blind(identifier, blinding)
    output = server.evaluate(BlindedInput.deserialize(blinded)).serialize()
    proof, evaluated = output[:PROOF_BYTES], output[PROOF_BYTES:]
    key = server.public_key.serialize()
    assert is_right(key, [blinded], ProvedAnswer((evaluated,), DleqProof.decode(proof)))
    found = unblind(identifier, blinding.inverse(), evaluated)
    assert found.reveal() == server.evaluate_known_input(identifier)


@given(INPUTS)
@settings(max_examples=60)
def test_their_client_understands_our_server(identifier: bytes) -> None:
    key = Scalar.random(fill_random)
    client, blinded = Client.blind(identifier)
    made = answer(key, [blinded.serialize()], Scalar.random(fill_random))
    output = VerifiableOutput.deserialize(made.proof.encoded + made.evaluated[0])
    public = PublicKey.deserialize(points.multiply_base(key))
    one = Scalar.of(1)
    expected = unblind(identifier, one, points.multiply(key, blind(identifier, one)))
    assert client.finalize(output, public) == expected.reveal()
