"""Become another program under a memory cap, and die with the parent: ``capped.py BYTES PARENT PROGRAM …``.

A script of its own and not a ``preexec_fn``, which may deadlock in a program with threads. Linux only for the
second half: elsewhere a killed supervisor leaves its process behind, harmless but for the memory.
Standard library only; runs with ``-I -S``.
"""

import ctypes
import os
import resource
import signal
import sys

PR_SET_PDEATHSIG = 1


def main(cap: int, parent: int, command: list[str]) -> None:
    """Set the limits and run ``command`` in this process; does not return."""
    resource.setrlimit(resource.RLIMIT_AS, (cap, cap))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it died before the line above
            sys.exit(1)
    os.execv(command[0], command)  # noqa: S606 - fixed program and list of arguments, no shell


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:])
