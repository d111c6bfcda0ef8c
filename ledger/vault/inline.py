"""Small objects: encrypted in memory and handed back, to be committed with their record."""

import io

from ledger.ports.record_keys import RecordKey
from ledger.ports.vault import ByteSource, SealedContent
from ledger.vault.pipeline import digest_and_encrypt


def seal_inline(
    first: bytes, source: ByteSource, *, object_id: bytes, key: RecordKey
) -> SealedContent:
    """Encrypt ``first``, which is all of a small ``source``.

    Raises:
        RefusedError: the source is empty.
    """
    buffer = io.BytesIO()
    sha256, sm3, size = digest_and_encrypt(
        first, source, object_id=object_id, key=key, write=buffer.write
    )
    return SealedContent(sha256, sm3, size, inline=buffer.getvalue())
