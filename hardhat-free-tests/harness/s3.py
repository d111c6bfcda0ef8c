"""A real S3 server for tests: ``rclone serve s3`` on a loopback port, a temporary folder, fresh keys.

Buckets are folders below ``folder``, so that a test can look at what really lies there. The keys are handed
over in the environment only, as an operator does it.
"""

import os
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from harness.commands import answers, free_port

RCLONE = Path(sys.executable).with_name("rclone")
BUCKET = "evidence"


@dataclass
class S3Server:
    """A server on this machine.

    Attributes:
        folder: holds the buckets.
        port: on 127.0.0.1; the same after a restart.
        access: key id.
        secret: key.
    """

    folder: Path
    port: int = field(default_factory=free_port)
    access: str = field(default_factory=lambda: secrets.token_hex(10))
    secret: str = field(default_factory=lambda: secrets.token_hex(20))
    _process: "subprocess.Popen[bytes] | None" = None

    def url(self, prefix: str = "") -> str:
        """Return the ``vault_url`` of the bucket."""
        return f"s3://{BUCKET}/{prefix}?endpoint=http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """What boto3's chain finds; no file of the user and no instance is asked."""
        return {
            "AWS_ACCESS_KEY_ID": self.access,
            "AWS_SECRET_ACCESS_KEY": self.secret,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def files(self) -> list[Path]:
        """Return every file that the server keeps, half-written ones included."""
        return [each for each in (self.folder / BUCKET).rglob("*") if each.is_file()]

    def start(self) -> None:
        """Start, and wait until it answers."""
        (self.folder / BUCKET).mkdir(parents=True, exist_ok=True)
        command = [
            RCLONE, "serve", "s3", "--config", os.devnull, "--addr", f"127.0.0.1:{self.port}",
            "--auth-key", f"{self.access},{self.secret}", "--vfs-cache-mode", "off",
            "--dir-cache-time", "0s", self.folder,
        ]  # fmt: skip
        with (self.folder.parent / "s3.log").open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log)
        deadline = time.monotonic() + 20
        while not answers(self.port):
            assert self._process.poll() is None, (self.folder.parent / "s3.log").read_text("utf-8")
            assert time.monotonic() < deadline
            time.sleep(0.05)

    def stop(self) -> None:
        """End the server."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(timeout=20)
            self._process = None


@contextmanager
def s3_server(folder: Path) -> Iterator[S3Server]:
    """Run a server whose buckets lie in ``folder``."""
    server = S3Server(folder)
    server.start()
    try:
        yield server
    finally:
        server.stop()
