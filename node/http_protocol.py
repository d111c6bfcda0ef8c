"""uvicorn's fast HTTP protocol with a bound on a request's head: memory is not the sender's to fill."""

from typing import Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MAX_HEAD_BYTES: Final = 64 * 1024
"""Request line and headers; browsers send under 16 KiB."""


class BoundedProtocol(HttpToolsProtocol):
    """Answers 400 and closes as soon as a head that has not ended is over ``MAX_HEAD_BYTES``."""

    _in_head = False
    _head_bytes = 0

    def on_message_begin(self) -> None:
        """Begin a head."""
        self._in_head, self._head_bytes = True, 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """End the head: what follows is the body, which its route bounds."""
        self._in_head = False
        super().on_headers_complete()

    def data_received(self, data: bytes) -> None:
        """Parse ``data``; what belongs to a head that goes on is counted."""
        super().data_received(data)
        if self._in_head and not self.transport.is_closing():
            self._head_bytes += len(data)
            if self._head_bytes > MAX_HEAD_BYTES:
                self.send_400_response("The request's head is too large.")
