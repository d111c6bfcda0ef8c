"""The shared fraud blacklist: members find each other's entries and do not learn who asks about whom."""
