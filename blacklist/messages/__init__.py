"""The blacklist's words for people, in the form of ``ledger.messages``."""
