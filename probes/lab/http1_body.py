"""The body of one HTTP/1.1 request: counted and thrown away, never held in memory as a whole."""

import h11

from probes.lab.streams import Gone, Stream


class Http1Body:
    """Reads through h11. What came in the same TLS record as the head is counted from the start.

    ``expects_continue`` is whether the client said that it waits for a 100 (RFC 9110 section 10.1.1).
    """

    def __init__(self, connection: h11.Connection, stream: Stream, head: h11.Request) -> None:
        self._connection = connection
        self._stream = stream
        self.expects_continue = connection.they_are_waiting_for_100_continue
        self.declared = _content_length(head)
        self.received = 0
        self.complete = False
        while self._pull():
            continue

    def _pull(self) -> bool:
        event = self._connection.next_event()
        if isinstance(event, h11.Data):
            self.received += len(event.data)
        elif isinstance(event, h11.EndOfMessage):
            self.complete = True
        elif isinstance(event, h11.ConnectionClosed):
            raise Gone
        else:
            return False
        return not self.complete

    async def more(self) -> None:
        """Read once from the connection; raises Gone when it has ended."""
        data = await self._stream.receive()
        if not data:
            raise Gone
        self._connection.receive_data(data)
        while self._pull():
            continue

    async def hold(self, limit: int) -> bool:
        """Read up to the end; False as soon as more than ``limit`` bytes have come. Raises Gone."""
        while not self.complete and self.received <= limit:
            await self.more()
        return self.received <= limit

    async def read(self) -> int:
        """Read up to the end and return the number of bytes; raises Gone."""
        while not self.complete:
            await self.more()
        return self.received


def _content_length(head: h11.Request) -> int | None:
    return next((int(value) for name, value in head.headers if name == b"content-length"), None)
