"""A time-stamping authority of our own: ``openssl ts -reply`` behind HTTP, under a root that is thrown away.

Certificates may have any dates; the tokens' time is that of this machine. ``change_query`` and
``change_answer`` make it lie, ``status`` makes it refuse, ``pause`` makes it slow, ``revoke`` puts the signer
on the root's list, which it serves itself.
"""

import subprocess
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from threading import Lock
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from harness.rpc_node import Served

POLICY = "1.2.3.4.1"
OTHER_POLICY = "1.2.3.4.2"
REPLY = "application/timestamp-reply"
CONFIGURATION = f"""
[tsa]
default_tsa = local
[local]
serial = serial
default_policy = {POLICY}
other_policies = {OTHER_POLICY}
digests = sha256
signer_digest = sha256
ess_cert_id_alg = sha256
accuracy = secs:1
"""


class LocalAuthority(Served):
    """An authority on this machine.

    Attributes:
        queries: every request as it came.
        headers: of the newest.
        change_query: changes what is stamped.
        change_answer: changes what leaves.
        status: answers every query, when it is not 200.
        media_type: of the answers.
        pause: seconds between two bytes; 0 sends at once.
        lists: whether the revocation list can be had.
    """

    def __init__(self, name: str = "Test TSA", *, valid: timedelta = timedelta(days=3650)) -> None:
        super().__init__()
        self.queries: list[bytes] = []
        self.headers: dict[str, str] = {}
        self.change_query: Callable[[bytes], bytes] = lambda query: query
        self.change_answer: Callable[[bytes], bytes] = lambda answer: answer
        self.status = 200
        self.media_type = REPLY
        self.pause = 0.0
        self.lists = True
        self._folder = tempfile.TemporaryDirectory()
        self._home = Path(self._folder.name)
        self._lock = Lock()
        self._revoked: list[int] = []
        self.name = name
        now = datetime.now(UTC)
        self._root_key = ec.generate_private_key(ec.SECP256R1())
        self.root = self._certify(
            f"{name} root", self._root_key, now - timedelta(days=3650), now + timedelta(days=7300)
        )
        (self._home / "tsa.cnf").write_text(CONFIGURATION)
        (self._home / "serial").write_text("01\n")
        self.renew_certificate(now - timedelta(days=1), now + valid)

    def __exit__(self, *what: object) -> None:
        super().__exit__(*what)  # type: ignore[arg-type]  # handed on
        self._folder.cleanup()

    @property
    def root_pem(self) -> bytes:
        return self.root.public_bytes(Encoding.PEM)

    @property
    def root_der(self) -> bytes:
        return self.root.public_bytes(Encoding.DER)

    def renew_certificate(self, since: datetime, until: datetime) -> None:
        """Sign from now on with a new key and certificate."""
        key = ec.generate_private_key(ec.SECP256R1())
        self.signer = self._certify(f"{self.name} signer", key, since, until, signer=True)
        private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        (self._home / "key.pem").write_bytes(private)
        (self._home / "signer.pem").write_bytes(self.signer.public_bytes(Encoding.PEM))

    def revoke(self) -> None:
        """Put the signer's certificate on the list."""
        self._revoked.append(self.signer.serial_number)

    def stamp(self, query: bytes) -> bytes:
        """Answer a query with OpenSSL."""
        with self._lock:
            (self._home / "query").write_bytes(query)
            subprocess.run(
                ["openssl", "ts", "-reply", "-config", "tsa.cnf", "-queryfile", "query",
                 "-inkey", "key.pem", "-signer", "signer.pem", "-out", "answer"],
                cwd=self._home, check=True, capture_output=True,
            )  # fmt: skip
            return (self._home / "answer").read_bytes()

    def reply(self, handler: BaseHTTPRequestHandler, body: bytes) -> None:
        if handler.command == "GET":
            found = self.lists and handler.path == "/root.crl"
            self._send(handler, 200 if found else 404, "application/pkix-crl", self._list())
            return
        self.queries.append(body)
        self.headers = {name.lower(): value for name, value in handler.headers.items()}
        if self.status != 200:
            self._send(handler, self.status, "text/plain", b"no")
            return
        answer = self.change_answer(self.stamp(self.change_query(body)))
        self._send(handler, 200, self.media_type, answer)

    def _send(self, handler: BaseHTTPRequestHandler, status: int, kind: str, body: bytes) -> None:
        handler.send_response(status)
        handler.send_header("Content-Type", kind)
        handler.send_header("Content-Length", str(len(body)))
        if status in range(300, 400):
            handler.send_header("Location", self.url)
        handler.end_headers()
        if not self.pause:
            handler.wfile.write(body)
            return
        for byte in body:
            handler.wfile.write(bytes([byte]))
            time.sleep(self.pause)

    def _list(self) -> bytes:
        now = datetime.now(UTC)
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self.root.subject)
            .last_update(now - timedelta(hours=1))
            .next_update(now + timedelta(days=7))
        )
        for number in self._revoked:
            entry = x509.RevokedCertificateBuilder().serial_number(number).revocation_date(now)
            builder = builder.add_revoked_certificate(entry.build())
        made = builder.sign(self._root_key, hashes.SHA256())
        return made.public_bytes(Encoding.DER)

    def _certify(
        self, name: str, key: Any, since: datetime, until: datetime, *, signer: bool = False
    ) -> x509.Certificate:
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self.root.subject if signer else subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(since)
            .not_valid_after(until)
            .add_extension(x509.BasicConstraints(ca=not signer, path_length=None), critical=True)
        )
        if signer:
            usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
            where = x509.UniformResourceIdentifier(f"{self.url}/root.crl")
            point = x509.DistributionPoint([where], None, None, None)
            builder = builder.add_extension(usage, critical=True)
            builder = builder.add_extension(x509.CRLDistributionPoints([point]), critical=False)
        return builder.sign(self._root_key, hashes.SHA256())
