"""What the properties share with the tests of the verifier."""

from unit.proof.conftest import _exported, bank, case, full, recording, small

__all__ = ["_exported", "bank", "case", "full", "recording", "small"]
