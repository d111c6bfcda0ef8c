"""The blacklist's contract over web3: events decoded, calls sent by the operator's account."""
