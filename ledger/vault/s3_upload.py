"""Uploading one encrypted object: a single request when it is short, else parts while it is being encrypted.

At most one part is on its way while the next is filled, so that memory stays at two parts however long the
object is. Every request carries the MD5 of its body, which the service compares: damage in transit is noticed
at once and not when the object is read.
"""

import base64
import hashlib
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from ledger.errors import LimitError

PART_BYTES: Final = 16 * 1024 * 1024
"""All parts but the last have one size, which some services demand; S3's own minimum is 5 MiB."""
MAX_PARTS: Final = 10_000
"""S3's own limit; with this size 156 GiB, above any recording."""


class Upload:
    """An upload in progress.

    Args:
        client: boto3's.
        bucket: name of the bucket.
        name: key of the object.
    """

    def __init__(self, client: Any, bucket: str, name: str) -> None:  # noqa: ANN401 - boto3 makes its classes at run time
        self._client: Final = client
        self._target: Final = {"Bucket": bucket, "Key": name}
        self._buffer: Final = bytearray()
        self._sender: Final = ThreadPoolExecutor(max_workers=1, thread_name_prefix="vault-part")
        self._sent: list[Future[dict[str, Any]]] = []
        self._upload: dict[str, str] = {}

    def write(self, data: bytes) -> None:
        """Take the next bytes; sends a part when one is full.

        Raises:
            LimitError: more parts than the service allows.
        """
        self._buffer.extend(data)
        while len(self._buffer) > PART_BYTES:
            self._send(bytes(self._buffer[:PART_BYTES]))
            del self._buffer[:PART_BYTES]

    def finish(self) -> None:
        """Send the rest; the object is durable on return."""
        rest = bytes(self._buffer)
        if not self._upload:
            self._client.put_object(**self._target, Body=rest, ContentMD5=_md5(rest))
        else:
            self._send(rest)
            parts = [each.result() for each in self._sent]
            self._client.complete_multipart_upload(
                **self._target, **self._upload, MultipartUpload={"Parts": parts}
            )
        self._sender.shutdown()

    def abort(self) -> None:
        """Remove whatever was sent; what the service does not remove now is swept later."""
        self._sender.shutdown(cancel_futures=True)
        with suppress(ClientError, BotoCoreError):
            if self._upload:
                self._client.abort_multipart_upload(**self._target, **self._upload)
        with suppress(ClientError, BotoCoreError):
            # The last request may have been carried out although its answer was lost.
            self._client.delete_object(**self._target)

    def _send(self, part: bytes) -> None:
        if len(self._sent) >= MAX_PARTS:
            raise LimitError("vault-object-too-large", limit=MAX_PARTS * PART_BYTES)
        if not self._upload:
            begun = self._client.create_multipart_upload(**self._target)
            self._upload = {"UploadId": begun["UploadId"]}
        if self._sent:
            self._sent[-1].result()
        self._sent.append(self._sender.submit(self._send_part, len(self._sent) + 1, part))

    def _send_part(self, number: int, part: bytes) -> dict[str, Any]:
        answer = self._client.upload_part(
            **self._target, **self._upload, PartNumber=number, Body=part, ContentMD5=_md5(part)
        )
        return {"PartNumber": number, "ETag": answer["ETag"]}


def _md5(data: bytes) -> str:
    return base64.b64encode(hashlib.md5(data, usedforsecurity=False).digest()).decode("ascii")
