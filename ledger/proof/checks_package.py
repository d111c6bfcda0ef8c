"""V1 to V3: the package as a thing, its files, its content."""

from ledger.primitives import ed25519
from ledger.primitives.digest import MAX_PURE_SM3_BYTES
from ledger.proof import layout
from ledger.proof.bundle import Bundle
from ledger.proof.package_list import PackageList
from ledger.proof.report import Finding, not_provable, proved, refuted
from ledger.proof.subject import Subject


def v1_package_well_formed(subject: Subject) -> Finding:
    """V1: exactly the tag files that follow from the payload, and the files that the list names."""
    bundle = subject.bundle
    for path in (*layout.TAG_FILES, layout.PACKAGE):
        if path not in bundle:
            return refuted("V1", "package-file-missing", path=path)
    package, payload = subject.package.package, bundle.payload()
    for path in bundle.files:
        if path not in layout.TAG_FILES and path not in payload:
            return refuted("V1", "package-file-unexpected", path=path)
    info = layout.bag_info(
        date=package.created_at[:10],
        payload_bytes=sum(bundle.files[path].size for path in payload),
        payload_files=len(payload),
    )
    if bundle.read(layout.BAGIT) != layout.BAGIT_TEXT or bundle.read(layout.BAG_INFO) != info:
        return refuted("V1", "package-tag-file", path=layout.BAG_INFO)
    return proved("V1", "package-well-formed", files=len(bundle.files))


def v2_files_unchanged(subject: Subject) -> Finding:
    """V2: manifests and the signed list agree with every file, and the list's signature holds."""
    bundle, listed = subject.bundle, subject.package
    payload = {path: bundle.digests(path).sha256 for path in bundle.payload()}
    if bundle.read(layout.MANIFEST) != layout.manifest(payload):
        return refuted("V2", "package-manifest", path=layout.MANIFEST)
    tags = {path: bundle.digests(path).sha256 for path in layout.TAG_FILES[:3]}
    if bundle.read(layout.TAG_MANIFEST) != layout.manifest(tags):
        return refuted("V2", "package-manifest", path=layout.TAG_MANIFEST)
    if not ed25519.verify(listed.key, listed.package.signed_bytes(), listed.signature):
        return refuted("V2", "package-list-signature")
    wrong = _wrong_file(bundle, listed.package)
    if wrong is not None:
        return refuted("V2", "package-file-changed", path=wrong)
    if listed.package.leaf_hash != subject.signed.leaf_hash:
        return refuted("V2", "package-other-leaf")
    if listed.key != subject.signed.key:
        return _other_signer(subject)
    return proved("V2", "package-unchanged", files=len(payload))


def _other_signer(subject: Subject) -> Finding:
    """After a rotation the list is signed by a newer evidence key of the same member."""
    member = subject.member
    if member is None or member.key("evidence", subject.package.key) is None:
        return refuted("V2", "package-list-foreign-key")
    return proved("V2", "package-unchanged", files=len(subject.package.package.files))


def _wrong_file(bundle: Bundle, package: PackageList) -> str | None:
    listed = {each.path: each for each in package.files}
    for path in bundle.payload():
        if path == layout.PACKAGE:
            continue
        entry = listed.pop(path, None)
        if entry is None or entry.sha256 != bundle.digests(path).sha256:
            return path
        if entry.size != bundle.files[path].size:
            return path
    return next(iter(listed), None)


def v3_content_digests(subject: Subject) -> Finding:
    """V3: the content has the digests that the statement names."""
    paths = [path for path in subject.bundle.files if path.startswith(layout.CONTENT_FOLDER)]
    if not paths:
        return _without_content(subject)
    expected = subject.content
    if expected is None:
        return refuted("V3", "content-not-in-statement")
    if len(paths) > 1:
        return refuted("V3", "content-more-than-one")
    digests = subject.bundle.digests(paths[0], with_sm3=True)
    size = subject.bundle.files[paths[0]].size
    if (digests.sha256, size) != (expected.sha256, expected.size):
        return refuted("V3", "content-changed", algorithm="SHA-256")
    if digests.sm3 is None:
        return proved("V3", "content-sha256-only", limit=MAX_PURE_SM3_BYTES)
    if digests.sm3 != expected.sm3:
        return refuted("V3", "content-changed", algorithm="SM3")
    return proved("V3", "content-unchanged", size=size)


def _without_content(subject: Subject) -> Finding:
    if subject.package.package.content_withheld:
        return not_provable("V3", "content-withheld")
    if subject.content is not None:
        return refuted("V3", "content-missing")
    return not_provable("V3", "content-none")
