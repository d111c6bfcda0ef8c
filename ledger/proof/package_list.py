"""``package.json``: what each file of a package is, signed by the evidence key.

The signature makes the exporter answer for the list, README included. It proves nothing about the item:
that is what the other files are for.
"""

from dataclasses import dataclass
from typing import Final

from ledger.errors import MalformedError
from ledger.evidence import shape
from ledger.primitives.canonical import JsonValue, decode, encode
from ledger.proof.layout import in_order

SCHEMA: Final = "lianzheng-package/1"
MAX_BYTES: Final = 4 * 1024 * 1024
"""4,096 entries of under a kilobyte."""


@dataclass(frozen=True, slots=True)
class ListedFile:
    """A file of the package.

    Attributes:
        path: relative to the bag's folder, below ``data/``.
        role: what it is, for people.
        sha256: 32 bytes.
        size: bytes.
    """

    path: str
    role: str
    sha256: bytes
    size: int


@dataclass(frozen=True, slots=True)
class PackageList:
    """The list without its signature.

    Attributes:
        leaf_hash: the evidence that the package is about.
        created_at: instant of the export.
        files: every payload file but ``package.json`` itself, sorted by path.
        withheld_fields: names of committed fields that are left out.
        content_withheld: whether the content was left out.
    """

    leaf_hash: bytes
    created_at: str
    files: tuple[ListedFile, ...]
    withheld_fields: tuple[str, ...]
    content_withheld: bool

    def signed_bytes(self) -> bytes:
        """Return the canonical bytes that the evidence key signs."""
        return encode(self._to_json())

    def _to_json(self) -> JsonValue:
        return {
            "schema": SCHEMA,
            "leaf": self.leaf_hash.hex(),
            "created_at": self.created_at,
            "files": [
                {"path": f.path, "role": f.role, "sha256": f.sha256.hex(), "size": f.size}
                for f in self.files
            ],
            "withheld_fields": list(self.withheld_fields),
            "content_withheld": self.content_withheld,
        }

    def envelope(self, *, signature: bytes, key: bytes) -> bytes:
        """Return the bytes of ``package.json``."""
        return encode(
            {"package": self._to_json(), "signature": {"key": key.hex(), "value": signature.hex()}}
        )


@dataclass(frozen=True, slots=True)
class SignedPackageList:
    """``package.json`` as read: the list, its signature (64 bytes) and key (32 bytes)."""

    package: PackageList
    signature: bytes
    key: bytes


def read_package_list(data: bytes) -> SignedPackageList:
    """Read ``package.json``; the signature is not verified here.

    Raises:
        LimitError: too large.
        MalformedError: not canonical, another schema, a wrong type.
    """
    envelope = shape.members(
        decode(data, max_bytes=MAX_BYTES), "package.json", {"package", "signature"}
    )
    signature = shape.members(envelope["signature"], "signature", {"key", "value"})
    return SignedPackageList(
        package=_list_from_json(envelope["package"]),
        signature=shape.hex_bytes(signature["value"], "signature.value", 64),
        key=shape.hex_bytes(signature["key"], "signature.key", 32),
    )


def _list_from_json(value: JsonValue) -> PackageList:
    names = {"schema", "leaf", "created_at", "files", "withheld_fields", "content_withheld"}
    if isinstance(value, dict) and value.get("schema") != SCHEMA:
        raise MalformedError("package-schema", found=str(value.get("schema"))[:64])
    found = shape.members(value, "package", names)
    files = tuple(_file(entry) for entry in shape.items(found["files"], "files"))
    if [each.path for each in files] != in_order({each.path for each in files}):
        raise MalformedError("statement-form", member="files")
    withheld = shape.items(found["withheld_fields"], "withheld_fields")
    return PackageList(
        leaf_hash=shape.hex_bytes(found["leaf"], "leaf", 32),
        created_at=shape.instant(found["created_at"], "created_at"),
        files=files,
        withheld_fields=tuple(shape.text(name, "withheld_fields") for name in withheld),
        content_withheld=shape.boolean(found["content_withheld"], "content_withheld"),
    )


def _file(value: JsonValue) -> ListedFile:
    found = shape.members(value, "files", {"path", "role", "sha256", "size"})
    return ListedFile(
        path=shape.text(found["path"], "files.path"),
        role=shape.text(found["role"], "files.role"),
        sha256=shape.hex_bytes(found["sha256"], "files.sha256", 32),
        size=shape.integer(found["size"], "files.size", minimum=0),
    )
