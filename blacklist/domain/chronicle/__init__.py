"""What the chain says about the blacklist: its final events, and the state that follows from them."""
