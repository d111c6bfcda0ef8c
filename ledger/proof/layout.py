"""The names of the files in a package, and the bag's tag files (BagIt 1.0, RFC 8493).

Paths are relative to the bag's folder. The layout is fixed: later versions fill parts, never move them.
"""

from collections.abc import Iterable, Mapping
from typing import Final

STATEMENT: Final = "data/statement.json"
FIELDS: Final = "data/fields.json"
PACKAGE: Final = "data/package.json"
README: Final = "data/README.txt"
CERTIFICATE: Final = "data/certificate.pdf"
CONTENT_FOLDER: Final = "data/content/"
LEAF_PROOF: Final = "data/proof/leaf.tlog-proof"
COSIGNATURES: Final = "data/proof/cosignatures"
HEADER: Final = "data/proof/anchor/header.rlp"
RECEIPT: Final = "data/proof/anchor/receipt.json"
MEMBERSHIP: Final = "data/proof/anchor/membership.json"
CONSISTENCY: Final = "data/proof/anchor/consistency.json"
NOT_BEFORE_HEADER: Final = "data/proof/not-before/header.rlp"
TIMESTAMP: Final = "data/proof/timestamp.tsr"
TIMESTAMP_FOLDER: Final = "data/proof/timestamp/"
"""Beside the token of V13, for readers with other tools: further tokens, revocation lists, renewals."""
TIMESTAMP_RENEWALS: Final = "data/proof/timestamp/renewals.json"
CASE_FOLDER: Final = "data/case/"
CASE_HEAD_PROOF: Final = "data/case/head.tlog-proof"
CASE_CONSISTENCY: Final = "data/case/consistency.json"
CUSTODY: Final = "data/dossier/custody.json"
CAPTURE: Final = "data/dossier/capture.json"
PLATFORM: Final = "data/dossier/platform.json"
EXTRACTION: Final = "data/dossier/extraction.json"
CATALOGUE: Final = "data/dossier/证据目录.json"

BAGIT: Final = "bagit.txt"
BAG_INFO: Final = "bag-info.txt"
MANIFEST: Final = "manifest-sha256.txt"
TAG_MANIFEST: Final = "tagmanifest-sha256.txt"
TAG_FILES: Final = (BAGIT, BAG_INFO, MANIFEST, TAG_MANIFEST)

BAGIT_TEXT: Final = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"


def case_statement(number: int) -> str:
    """Return the path of a case's statement by its running number."""
    return f"{CASE_FOLDER}{number:06d}.json"


def bag_info(*, date: str, payload_bytes: int, payload_files: int) -> bytes:
    """Return ``bag-info.txt``; it follows from the payload and the date of ``package.json``."""
    oxum = f"{payload_bytes}.{payload_files}"
    return (f"Bag-Software-Agent: lianzheng\nBagging-Date: {date}\nPayload-Oxum: {oxum}\n").encode()


def manifest(digests: Mapping[str, bytes]) -> bytes:
    """Return a manifest of paths and their SHA-256, sorted by path."""
    lines = (f"{digests[path].hex()}  {path}\n" for path in in_order(digests))
    return "".join(lines).encode()


def in_order(paths: Iterable[str]) -> list[str]:
    """Return paths in the order of their bytes, which is the order of the archive."""
    return sorted(paths, key=lambda path: path.encode())
