"""Members among themselves: signed requests, witnessing of each other's logs, mirrors, alarms."""
