"""Nothing of a content is on disk in clear: not while it comes, not after a break, not afterwards."""

import http.client
import json
import time
from pathlib import Path

import pytest
from harness.commands import Cli
from harness.serving import Served, make_token, serving

pytestmark = pytest.mark.anvil
MARKER = b"clear-text-marker-8f1c"
CONTENT = MARKER * (6 * 1024 * 1024 // len(MARKER))
HEADER = (
    json.dumps({"kind": "call_recording", "fields": {"debtor": MARKER.decode()}}).encode() + b"\n"
)


def clear_files(*folders: Path) -> list[str]:
    """Return the files that hold the marker."""
    files = [file for folder in folders for file in folder.rglob("*") if file.is_file()]
    return [str(file) for file in files if MARKER in file.read_bytes()]


def begin(
    served: Served, token: str, method: str, path: str, headers: dict[str, str], size: int
) -> http.client.HTTPConnection:
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=60)
    connection.putrequest(method, path)
    for name, value in {
        "Authorization": f"Bearer {token}",
        "Content-Length": str(size),
        **headers,
    }.items():
        connection.putheader(name, value)
    connection.endheaders()
    return connection


def test_no_content_reaches_the_disk_in_clear(bank: Cli, tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    token = make_token(bank)
    own = Cli(bank.home, bank.url, {"TMPDIR": str(scratch)})
    media = {"Content-Type": "application/vnd.lianzheng.item"}
    size = len(HEADER) + len(CONTENT)
    with serving(own) as served:
        broken = begin(served, token, "POST", "/v1/evidence", media, size)
        broken.send(HEADER + CONTENT[: len(CONTENT) // 2])
        time.sleep(1)
        assert clear_files(bank.home, scratch) == []
        broken.close()
        whole = begin(served, token, "POST", "/v1/evidence", media, size)
        whole.send(HEADER + CONTENT)
        assert whole.getresponse().status == http.client.CREATED
        whole.close()
        _, begun = served.ask("POST", "/v1/uploads", json.loads(HEADER), token=token)
        place = f"/v1/uploads/{begun['upload_id']}"
        part = begin(served, token, "PATCH", place, {"Upload-Offset": "0"}, len(CONTENT))
        part.send(CONTENT[: len(CONTENT) // 2])
        time.sleep(0.5)
        part.close()
        time.sleep(1)
        status, reached = served.ask("GET", place, token=token)
        assert (status, reached["offset"] > 0) == (http.client.OK, True), reached
        assert clear_files(bank.home, scratch) == []
    assert clear_files(bank.home, scratch) == []
