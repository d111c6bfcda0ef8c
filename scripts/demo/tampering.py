"""An attacker who can change any file of a package and repair every checksum, but holds no key.

``change_file`` changes one byte of one file, recomputes manifests, sizes and CRCs, and writes the archive in
its one form again. ``flip_bit`` changes the raw bytes. Used by the demo and by the tests.
"""

import io
from collections.abc import Iterator

from ledger.primitives.digest import sha256
from ledger.proof import layout
from ledger.proof.archive import read_archive, write_archive
from node.memory_package import MemoryPackage


def unpack(package: bytes) -> tuple[str, dict[str, bytes]]:
    """Return the bag's folder and its files by path."""
    archive = read_archive(MemoryPackage(package))
    folder = archive.entries[0].name.partition("/")[0]
    files = {
        entry.name.removeprefix(folder + "/"): b"".join(archive.chunks(entry))
        for entry in archive.entries
    }
    return folder, files


def repack(folder: str, files: dict[str, bytes], *, repair: bool = True) -> bytes:
    """Write the files as a well-formed archive; with ``repair`` the manifests are made right again."""
    if repair:
        files = {**files, **_tag_files(files)}
    sink = io.BytesIO()
    entries = ((f"{folder}/{p}", len(files[p]), (files[p],)) for p in layout.in_order(files))
    write_archive(sink, entries)
    return sink.getvalue()


def _tag_files(files: dict[str, bytes]) -> dict[str, bytes]:
    payload = {path: data for path, data in files.items() if path.startswith("data/")}
    date = files[layout.BAG_INFO].decode("utf-8", "replace").partition("Bagging-Date: ")[2][:10]
    tags = {
        layout.BAGIT: files[layout.BAGIT],
        layout.BAG_INFO: layout.bag_info(
            date=date,
            payload_bytes=sum(len(data) for data in payload.values()),
            payload_files=len(payload),
        ),
        layout.MANIFEST: layout.manifest({path: sha256(data) for path, data in payload.items()}),
    }
    tags[layout.TAG_MANIFEST] = layout.manifest({p: sha256(data) for p, data in tags.items()})
    return tags


def change_file(package: bytes, path: str) -> bytes:
    """Return the package with the middle byte of ``path`` changed and every checksum repaired."""
    folder, files = unpack(package)
    data = bytearray(files[path])
    data[len(data) // 2] ^= 0x01
    files[path] = bytes(data)
    return repack(folder, files, repair=path.startswith("data/"))


def changed_files(package: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield each file's path with the package in which it was changed."""
    _, files = unpack(package)
    for path in files:
        yield path, change_file(package, path)


def flip_bit(package: bytes, position: int) -> bytes:
    """Return the package with one raw bit flipped."""
    changed = bytearray(package)
    changed[position // 8] ^= 1 << position % 8
    return bytes(changed)
