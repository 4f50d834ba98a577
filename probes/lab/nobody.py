"""Ports of this machine at which no connection comes about: one that refuses, one that stays silent."""

import contextlib
import socket

_FILLERS = 4


class Nobody:
    """Holds the ports while the lab runs, so that nobody else can come to listen there.

    ``refusing`` is bound and does not listen: the system answers with a reset (RFC 9293 section 3.10.7.1). ``silent``
    listens with a full queue that nobody empties: Linux then drops further SYNs; other systems may refuse instead.
    """

    def __init__(self) -> None:
        self._sockets: list[socket.socket] = []
        self.refusing = 0
        self.silent = 0

    def start(self) -> None:
        """Take the ports."""
        closed = self._socket()
        closed.bind(("127.0.0.1", 0))
        self.refusing = closed.getsockname()[1]
        full = self._socket()
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        self.silent = full.getsockname()[1]
        for _ in range(_FILLERS):
            filler = self._socket()
            filler.setblocking(False)
            with contextlib.suppress(OSError):
                filler.connect(("127.0.0.1", self.silent))

    def _socket(self) -> socket.socket:
        made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._sockets.append(made)
        return made

    def stop(self) -> None:
        """Let the ports go."""
        for held in self._sockets:
            held.close()
