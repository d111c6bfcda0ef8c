"""The audit trail: who did and saw what, chained by hashes and sealed into the evidence log."""
