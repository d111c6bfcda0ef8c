"""What the blacklist needs of the outside world: the contract, other members, and keys at rest."""
