"""``lianzheng worker``: a command of its own, for scale."""

from node.cli.serve import worker

__all__ = ["worker"]
