"""When a listing goes on chain: once a day with all others, at a moment that says nothing about it.

Volumes and dates of a reporter would identify who disputes (BLACKLIST_SPEC, section 3).
"""

from datetime import datetime, timedelta


def next_batch(now: datetime, window: timedelta, jitter: float) -> datetime:
    """Return when what is released now goes on chain: the end of the present window, and up to half more.

    Args:
        now: aware.
        window: between batches; zero sends at once.
        jitter: uniform in [0, 1), drawn anew for each batch.
    """
    if not window:
        return now
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    passed = (now - midnight) // window
    return midnight + (passed + 1) * window + jitter * window / 2
