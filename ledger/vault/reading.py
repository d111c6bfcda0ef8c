"""Reading a given number of bytes from a source that may answer in smaller pieces."""

from ledger.ports.vault import ByteSource


def read_up_to(source: ByteSource, size: int, *, start: bytes = b"") -> bytes:
    """Return ``start`` and what follows, ``size`` bytes in all; fewer only at the end of the source."""
    pieces, missing = [start] if start else [], size - len(start)
    while missing:
        piece = source.read(missing)
        if not piece:
            break
        pieces.append(piece)
        missing -= len(piece)
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)
