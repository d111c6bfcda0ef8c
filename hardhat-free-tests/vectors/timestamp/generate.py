"""Makes the timestamp vectors anew with ``openssl ts``, under authorities that are thrown away.

Keys and times differ with every run, so this is run by hand, and only to add a case. Run it from the
repository's root: ``python hardhat-free-tests/vectors/timestamp/generate.py``.
"""

import json
import subprocess
import tempfile
from base64 import b64encode
from dataclasses import dataclass
from hashlib import new
from pathlib import Path

HERE = Path(__file__).parent
MESSAGE = b"lianzheng.example/bank-a/g1\n1\nbjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=\n"
CONFIGURATION = """
[req]
distinguished_name = name
[name]
[tsa]
default_tsa = local
[local]
serial = serial
default_policy = 1.2.3.4.1
digests = sha256,sha384,sha512
accuracy = secs:1, millisecs:500, microsecs:100
tsa_name = yes
[authority]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
[signer]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
"""
KEYS = {
    "rsa": ["rsa:2048"],
    "p256": ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"],
    "p384": ["ec", "-pkeyopt", "ec_paramgen_curve:P-384"],
}


@dataclass(frozen=True)
class Case:
    """One token to be made.

    Attributes:
        why: what it shows.
        key: of signer and authorities.
        signer_hash: digest and signature hash of the signer.
        imprint_hash: of the message.
        ess: hash that names the certificate.
        between: whether an authority stands between signer and root.
        carries: whether the token carries certificates.
        verdict: what must come out, with the code when it is not "proved".
    """

    why: str
    key: str = "p256"
    signer_hash: str = "sha256"
    imprint_hash: str = "sha256"
    ess: str = "sha256"
    between: bool = False
    carries: bool = True
    verdict: tuple[str, str] = ("proved", "")


CASES = {
    "rsa-sha256": Case("RSA 2048, SHA-256", key="rsa"),
    "rsa-sha384": Case("RSA 2048, SHA-384", key="rsa", signer_hash="sha384"),
    "rsa-sha512": Case("RSA 2048, SHA-512", key="rsa", signer_hash="sha512"),
    "p256-sha256": Case("P-256, SHA-256"),
    "p384-sha384": Case("P-384, SHA-384", key="p384", signer_hash="sha384"),
    "named-by-sha1": Case("ESSCertID, the older attribute", ess="sha1"),
    "named-by-sha512": Case("ESSCertIDv2 with a stated hash", ess="sha512"),
    "authority-between": Case("a chain of three", key="rsa", between=True),
    "without-certificates": Case(
        "the signer's certificate is not inside",
        carries=False,
        verdict=("not_provable", "timestamp-no-certificate"),
    ),
    "imprint-by-sha512": Case(
        "the message was hashed in another way",
        imprint_hash="sha512",
        verdict=("not_provable", "timestamp-imprint-algorithm"),
    ),
    "another-message": Case(
        "the token is for another message", verdict=("refuted", "timestamp-imprint")
    ),
    "unknown-root": Case(
        "the root is not pinned", verdict=("not_provable", "timestamp-no-trusted-root")
    ),
}


def _openssl(folder: Path, *arguments: str) -> bytes:
    done = subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)
    return done.stdout


def _certificate(folder: Path, name: str, kind: str, key: str, issuer: str | None) -> bytes:
    config = ["-config", "ts.cnf"]
    new_key = ["-newkey", *KEYS[key], "-nodes", "-keyout", f"{name}.key"]
    subject = ["-subj", f"/C=CN/O=Lianzheng test/CN={name}"]
    days = ["-days", "3650"]
    if issuer is None:
        made = ["req", "-x509", "-out", f"{name}.pem", "-extensions", kind]
        _openssl(folder, *made, *new_key, *subject, *config, *days)
    else:
        _openssl(folder, "req", "-out", f"{name}.csr", *new_key, *subject, *config)
        signing = ["-CA", f"{issuer}.pem", "-CAkey", f"{issuer}.key", "-CAcreateserial"]
        made = ["x509", "-req", "-in", f"{name}.csr", "-out", f"{name}.pem"]
        _openssl(folder, *made, *signing, *days, "-extfile", "ts.cnf", "-extensions", kind)
    return _openssl(folder, "x509", "-in", f"{name}.pem", "-outform", "DER")


def make(name: str, case: Case) -> dict[str, object]:
    """Make one case's file content."""
    with tempfile.TemporaryDirectory() as path:
        folder = Path(path)
        options = f"signer_digest = {case.signer_hash}\ness_cert_id_alg = {case.ess}\n"
        configuration = CONFIGURATION.replace("tsa_name = yes\n", f"tsa_name = yes\n{options}")
        (folder / "ts.cnf").write_text(configuration, encoding="ascii")
        (folder / "serial").write_text("2A", encoding="ascii")
        (folder / "message").write_bytes(MESSAGE)
        root = _certificate(folder, "root", "authority", case.key, None)
        if case.between:
            _certificate(folder, "between", "authority", case.key, "root")
        above = "between" if case.between else "root"
        _certificate(folder, "signer", "signer", case.key, above)
        query = ["ts", "-query", "-data", "message", f"-{case.imprint_hash}", "-out", "query"]
        _openssl(folder, *query, *(["-cert"] if case.carries else []))
        reply = ["ts", "-reply", "-config", "ts.cnf", "-queryfile", "query", "-out", "reply"]
        chain = ["-chain", "between.pem"] if case.between else []
        _openssl(folder, *reply, "-signer", "signer.pem", "-inkey", "signer.key", *chain)
        if name == "unknown-root":
            root = _certificate(folder, "another", "authority", case.key, None)
        return _describe(name, case, (folder / "reply").read_bytes(), root)


def _describe(name: str, case: Case, token: bytes, root: bytes) -> dict[str, object]:
    message = b"another message" if name == "another-message" else MESSAGE
    verdict, code = case.verdict
    content: dict[str, object] = {
        "why": case.why,
        "imprint": new("sha256", message).hexdigest(),
        "verdict": verdict,
    }
    if code:
        content["code"] = code
    else:
        time = token.rindex(b"\x18\x0f20", 0, token.index(b"\x30\x0a\x02\x01\x01\x80")) + 2
        digits = token[time : time + 14].decode("ascii")
        day = f"{digits[:4]}-{digits[4:6]}-{digits[6:8]}"
        content["gen_time"] = f"{day}T{digits[8:10]}:{digits[10:12]}:{digits[12:]}+00:00"
    content["roots"] = [b64encode(root).decode("ascii")]
    content["token"] = b64encode(token).decode("ascii")
    return content


if __name__ == "__main__":
    for case_name, each in CASES.items():
        text = json.dumps(make(case_name, each), indent=1)
        (HERE / f"{case_name}.json").write_text(text + "\n", encoding="utf-8")
