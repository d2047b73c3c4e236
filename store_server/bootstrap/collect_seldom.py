"""How often Python's collector looks for cycles in a server: seldom, and never at what stays.

By default it looks through all that is new after 700 objects; a decision makes hundreds, none of
them in a cycle, so that a round of pulls was looked through a hundred times for nothing: 8 to 10 %
of its CPU (`python -m benchmarks.pull_http`). What there is when the doors open, modules, routes,
catalogue, is never looked at again.
"""

import gc

# Some megabytes at most that wait to be looked at; then 20 times as many, and as many again.
NEW_MOST, OLDER_EVERY, OLDEST_EVERY = 50_000, 20, 20


def collect_seldom() -> None:
    """From here on; what exists now is taken to stay."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(NEW_MOST, OLDER_EVERY, OLDEST_EVERY)
