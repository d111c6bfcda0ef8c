"""The web3 adapter of the chain port."""
