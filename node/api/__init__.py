"""The HTTP API under ``/v1``: routes parse, call one service, and render."""
