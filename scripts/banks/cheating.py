"""A member that cheats: in its node's place a server shows another history, signed with its own key."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from ledger.evidence import tiles
from ledger.ports.signer import StatementSigner
from ledger.primitives import merkle_proofs
from ledger.primitives.checkpoint_text import CheckpointBody
from ledger.primitives.note import ED25519, Note, VerifierKey


@contextmanager
def cheating(
    port: int, signer: StatementSigner, origin: str, hashes: Sequence[bytes]
) -> Iterator[None]:
    """Show a log of ``hashes`` under ``origin`` at a port until the end of the block."""
    built = tiles.append(0, list(hashes), {})
    root = merkle_proofs.root(len(hashes), tiles.vertices(built.__getitem__))
    text = CheckpointBody(origin, len(hashes), root).text()
    key = VerifierKey(origin, ED25519, signer.public_key)
    note = Note(text, (key.signature_line(signer.sign(text.encode())),)).serialise()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/v1/log/checkpoint":
                self._answer(note)
            elif self.path.startswith("/v1/log/tile/0/"):
                number = int(self.path.split("/")[5].partition(".")[0])
                self._answer(b"".join(hashes[number * tiles.WIDTH : (number + 1) * tiles.WIDTH]))
            else:
                self.send_error(404)

        def _answer(self, data: bytes) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
