"""The vault on S3: one object a record, encrypted as in the local folder before it leaves this machine.

* Objects are named ``PREFIX/<32 hex digits>.lzv``. An object appears whole, when its upload is completed;
  unfinished uploads are never read, and ``sweep_parts`` aborts them.
* Durable on return is what the service's acknowledgement says. Deleting is final only in a bucket without
  versions; in any bucket the content is unreadable once its record key is destroyed.
* Credentials come from boto3's own chain (environment, profile, instance), never from the settings. Without
  TLS only this machine is asked.
"""

import io
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from ledger.errors import ConfigurationError, IntegrityError
from ledger.evidence.fields import Field
from ledger.ports.record_keys import RecordKey
from ledger.ports.vault import INLINE_BYTES, ByteSource, SealedContent
from ledger.vault.fields import open_fields, seal_fields
from ledger.vault.inline import seal_inline
from ledger.vault.pipeline import digest_and_encrypt
from ledger.vault.reading import read_up_to
from ledger.vault.s3_errors import is_absent, translated
from ledger.vault.s3_upload import Upload
from ledger.vault.stream import decrypt

SUFFIX: Final = ".lzv"
COPY_BYTES: Final = 1024 * 1024
CONNECT_SECONDS: Final = 5
READ_SECONDS: Final = 60
"""A part of 16 MiB on a slow line, and the completion of a long upload, take tens of seconds."""
ATTEMPTS: Final = 4
_DEFAULT_REGION: Final = "us-east-1"
"""What S3-compatible services answer to when nobody named a region."""
_LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})


@dataclass(frozen=True, slots=True)
class S3Place:
    """Where a vault lies.

    Attributes:
        bucket: exists already.
        prefix: before every object's name; empty or ending in ``/``.
        endpoint: of an S3-compatible service; ``None`` for AWS.
        region: ``None`` leaves it to boto3's chain.
    """

    bucket: str
    prefix: str
    endpoint: str | None
    region: str | None


def read_place(url: str) -> S3Place:
    """Read ``s3://bucket/prefix?endpoint=…&region=…``.

    Raises:
        ConfigurationError: not of that form, with credentials in it, or an endpoint elsewhere without TLS.
    """
    try:
        parts = urlsplit(url)
        asked = parse_qs(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))
        endpoint = asked.pop("endpoint", [None])[0]
        region = asked.pop("region", [None])[0]
        sound = endpoint is None or _is_private(endpoint)
    except ValueError as error:
        raise ConfigurationError("vault-url") from error
    if parts.scheme != "s3" or not parts.netloc or "@" in parts.netloc or asked or not sound:
        raise ConfigurationError("vault-url")
    prefix = parts.path.strip("/")
    if endpoint is not None and region is None:
        region = _DEFAULT_REGION
    return S3Place(parts.netloc, f"{prefix}/" if prefix else "", endpoint, region)


def _is_private(endpoint: str) -> bool:
    parts = urlsplit(endpoint)
    encrypted = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
    return bool(parts.hostname) and encrypted and "@" not in parts.netloc


class S3Vault:
    """Implements the vault port on a bucket."""

    def __init__(self, place: S3Place) -> None:
        self._place: Final = place

    @cached_property
    def _client(self) -> Any:  # noqa: ANN401 - boto3 makes its classes at run time
        place = self._place
        config = Config(
            connect_timeout=CONNECT_SECONDS,
            read_timeout=READ_SECONDS,
            retries={"mode": "standard", "max_attempts": ATTEMPTS},
            s3={"addressing_style": "auto" if place.endpoint is None else "path"},
            # Bodies carry their MD5, which every service knows; newer checksums are not known everywhere.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        )
        with translated():
            # A session of our own: boto3's default one is shared and may not be made on two threads at once.
            return boto3.session.Session().client(
                "s3", endpoint_url=place.endpoint, region_name=place.region, config=config
            )

    def seal(self, source: ByteSource, *, object_id: bytes, key: RecordKey) -> SealedContent:
        """See ``ports.vault``."""
        first = read_up_to(source, INLINE_BYTES + 1)
        if len(first) <= INLINE_BYTES:
            return seal_inline(first, source, object_id=object_id, key=key)
        with self._uploaded(object_id) as write:
            sha256, sm3, size = digest_and_encrypt(
                first, source, object_id=object_id, key=key, write=write
            )
        return SealedContent(sha256, sm3, size, inline=None)

    @contextmanager
    def _uploaded(self, object_id: bytes) -> Iterator[Callable[[bytes], None]]:
        upload = Upload(self._client, self._place.bucket, self._name(object_id))
        try:
            with translated():
                yield upload.write
                upload.finish()
        except BaseException:
            upload.abort()
            raise

    def open(self, object_id: bytes, *, key: RecordKey, inline: bytes | None) -> Iterator[bytes]:
        """See ``ports.vault``."""
        if inline is not None:
            yield from decrypt(io.BytesIO(inline), object_id, key)
            return
        with translated(), closing(self._read(object_id)) as body:
            yield from decrypt(body, object_id, key)

    def read_sealed(self, object_id: bytes) -> Iterator[bytes]:
        """See ``ports.vault``."""
        with translated(), closing(self._read(object_id)) as body:
            while chunk := body.read(COPY_BYTES):
                yield chunk

    def write_sealed(self, object_id: bytes, chunks: Iterable[bytes]) -> None:
        """See ``ports.vault``."""
        with self._uploaded(object_id) as write:
            for chunk in chunks:
                write(chunk)

    def _read(self, object_id: bytes) -> Any:  # noqa: ANN401 - boto3's stream
        try:
            found = self._client.get_object(Bucket=self._place.bucket, Key=self._name(object_id))
        except ClientError as error:
            if is_absent(error):
                raise IntegrityError("vault-missing", object=object_id.hex()) from None
            raise
        return found["Body"]

    def seal_fields(self, fields: tuple[Field, ...], key: RecordKey) -> bytes:
        """See ``ports.vault``."""
        return seal_fields(fields, key)

    def open_fields(self, sealed: bytes, key: RecordKey) -> tuple[Field, ...]:
        """See ``ports.vault``."""
        return open_fields(sealed, key)

    def delete(self, object_id: bytes) -> None:
        """See ``ports.vault``."""
        with translated():
            self._client.delete_object(Bucket=self._place.bucket, Key=self._name(object_id))

    def object_ids(self, age: timedelta = timedelta(0)) -> Iterator[bytes]:
        """See ``ports.vault``."""
        latest = datetime.now(tz=UTC) - age
        for found in self._list("list_objects_v2", "Contents"):
            object_id = self._id(found["Key"])
            if object_id is not None and (not age or found["LastModified"] <= latest):
                yield object_id

    def sweep_parts(self, age: timedelta) -> int:
        """See ``ports.vault``."""
        latest, swept = datetime.now(tz=UTC) - age, 0
        for found in list(self._list("list_multipart_uploads", "Uploads")):
            if self._id(found["Key"]) is None:
                continue
            upload = {"Key": found["Key"], "UploadId": found["UploadId"]}
            if not age or max(found["Initiated"], *self._written(upload)) <= latest:
                with translated():
                    self._client.abort_multipart_upload(Bucket=self._place.bucket, **upload)
                swept += 1
        return swept

    def _written(self, upload: dict[str, str]) -> list[datetime]:
        """Return when each part of an unfinished upload was written."""
        with translated():
            pages = self._client.get_paginator("list_parts")
            asked = pages.paginate(Bucket=self._place.bucket, **upload)
            return [part["LastModified"] for page in asked for part in page.get("Parts", ())]

    def _list(self, operation: str, members: str) -> Iterator[dict[str, Any]]:
        place = self._place
        with translated():
            pages = self._client.get_paginator(operation)
            for page in pages.paginate(Bucket=place.bucket, Prefix=place.prefix):
                yield from page.get(members, ())

    def _name(self, object_id: bytes) -> str:
        return f"{self._place.prefix}{object_id.hex()}{SUFFIX}"

    def _id(self, name: str) -> bytes | None:
        """Return the id in an object's name; ``None`` for what others keep under the prefix."""
        text = name.removeprefix(self._place.prefix).removesuffix(SUFFIX)
        try:
            object_id = bytes.fromhex(text)
        except ValueError:
            return None
        return object_id if self._name(object_id) == name else None
