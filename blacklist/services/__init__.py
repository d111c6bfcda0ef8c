"""What a member's node does for the blacklist; services are handed ports and transactions."""
