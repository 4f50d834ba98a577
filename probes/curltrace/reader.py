"""Reads the lines of ``curl -v`` into connections and requests; total: no text makes it raise.

The words are those of curl's lib/vtls, lib/http.c and lib/connect.c from 7.58 to 8.x. Handshake messages are printed
by curl's OpenSSL back end only; with another (Schannel, Secure Transport, rustls) they are not there.
"""

import re
from dataclasses import dataclass, field
from typing import Literal

from probes.printable import printable

LIMIT = 8 * 1_048_576
"""Characters of a trace that are read at most."""
BODY_LIMIT = 262_144
_LINE_LIMIT = 16_384
_MAX_CONNECTIONS = 200
_MAX_HEADERS = 200
_MAX_MESSAGES = 500

Failure = Literal["dns-failure", "connect-failure", "proxy-failure", "tls-failure", "reset", "closed", "timeout",
                  "stream-reset", "protocol-error"]  # fmt: skip


@dataclass
class Message:
    """One handshake message or alert that curl printed; ``after_request`` that a request had left before it."""

    incoming: bool
    kind: Literal["handshake", "alert"]
    code: int
    after_request: bool
    size: int | None = None


@dataclass
class CurlTurn:
    """One request and its answer; header names are lower case."""

    method: str
    path: str
    sent: dict[str, str] = field(default_factory=dict)
    interim: list[int] = field(default_factory=list)
    status: int | None = None
    reason: str = ""
    http: str | None = None
    headers: list[tuple[str, str]] = field(default_factory=list)
    uploaded: bool = False
    gave_up_waiting: bool = False


@dataclass
class CurlConnection:
    """One connection of a trace. ``messages`` is empty where curl's TLS library prints none."""

    host: str | None = None
    ip: str | None = None
    port: int | None = None
    version: str | None = None
    cipher: str | None = None
    alpn: str | None = None
    verified: bool | None = None
    trouble: list[str] = field(default_factory=list)
    certificate: dict[str, str] = field(default_factory=dict)
    messages: list[Message] = field(default_factory=list)
    turns: list[CurlTurn] = field(default_factory=list)
    failure: Failure | None = None
    said: str = ""


def read_trace(text: str) -> tuple[tuple[CurlConnection, ...], bytes]:
    """Return the connections of a trace in order, and the text between its lines: the body, if curl printed it."""
    reader = _Reader()
    for line in text[:LIMIT].replace("\r\n", "\n").split("\n"):
        reader.line(line[:_LINE_LIMIT])
    return tuple(reader.connections), reader.body()


_MESSAGE = re.compile(r"\* +(\S+) \((IN|OUT)\), (?:TLS|SSL)\S* (handshake|alert), .*\((\d{1,5})\):")
_SIZE = re.compile(r"[{}] \[(\d{1,9}) bytes data\]")
_CONNECTED = re.compile(
    r"\* +(?:Connected to|Established connection to) (\S+) \(([^ )]+)(?:\) port | port )(\d{1,5})"
)
_SESSION = re.compile(r"\* +SSL connection using (\S+) / (\S+)")
_ALPN = re.compile(r"\* +ALPN[:,] server accepted (?:to use )?(\S+)")
_FIELD = re.compile(r"\* {2}(subject|start date|expire date|issuer): (.*)")
_REQUEST = re.compile(r"> ([A-Z]{1,20}) (\S+) HTTP/")
_HEADER = re.compile(r"([<>]) ([^:\s]{1,200}): ?(.*)")
_STATUS = re.compile(r"< HTTP/(\d(?:\.\d)?) (\d{3}) ?(.*)")
_AGAIN = re.compile(r"\* +Re-?using existing ", re.IGNORECASE)

# What curl says of a failure, and what that is; the first that fits decides.
_WORDS: tuple[tuple[str, Failure], ...] = (
    (r"could not resolve proxy|connect tunnel failed|proxy connect aborted", "proxy-failure"),
    (r"could not resolve host", "dns-failure"),
    (r"failed to connect to|couldn't connect to server|connection refused", "connect-failure"),
    (r"was not closed cleanly|stream error in the http/2|http/2 stream \d+ was reset", "stream-reset"),
    (r"ssl certificate problem|no alternative certificate subject name", "tls-failure"),
    (r"certificate subject name .* does not match", "tls-failure"),
    (r"alert |ssl_connect|schannel|tls handshake|ssl routines", "tls-failure"),
    (r"connection reset|recv failure|send failure|errno 104|wsaeconnreset", "reset"),
    (r"timed out|timeout was reached", "timeout"),
    (r"empty reply|unexpected eof|connection closed|transfer closed|ssl_error_syscall", "closed"),
    (r"received http/0\.9|unsupported protocol|weird server reply|http2 framing", "protocol-error"),
)
_FAILURES = tuple((re.compile(words, re.IGNORECASE), kind) for words, kind in _WORDS)
_PROBLEM = re.compile(r"\* +(SSL certificate problem: .*|SSL: no alternative.*|.*certificate verify result: .*)")
_ENDED = re.compile(r"curl: \((\d{1,3})\) (.*)")


class _Reader:
    """The state between two lines."""

    def __init__(self) -> None:
        self.connections: list[CurlConnection] = []
        self._body: list[str] = []
        self._kept = 0
        self._tunnel = False
        self._fresh = False

    def body(self) -> bytes:
        """Return what stood between curl's own lines."""
        return "\n".join(self._body).strip("\n").encode("utf-8", "replace")

    @property
    def _here(self) -> CurlConnection:
        if not self.connections:
            self.connections.append(CurlConnection())
        return self.connections[-1]

    def line(self, line: str) -> None:
        """Take in one line."""
        if line.startswith("* "):
            self._info(line)
        elif line.startswith("> ") or line.rstrip() == ">":
            self._sent(line)
        elif line.startswith("< ") or line.rstrip() == "<":
            self._received(line)
        elif found := _SIZE.match(line):
            self._sized(int(found[1]))
        elif found := _ENDED.match(line):
            self._failed(found[2], force=True)
        elif not line.startswith(("{ [", "} [")) and self._kept < BODY_LIMIT:
            self._body.append(line)
            self._kept += len(line) + 1

    def _open(self) -> CurlConnection:
        """Return the connection that is being made; a new one when the last is in use already."""
        if not self._fresh and len(self.connections) < _MAX_CONNECTIONS:
            self.connections.append(CurlConnection())
            self._fresh = True
        return self._here

    def _info(self, line: str) -> None:
        here = self._here if self.connections else None
        if found := _MESSAGE.match(line):
            self._message(found)
        elif found := _CONNECTED.match(line):
            made = self._open()
            made.host, made.ip, made.port = (
                printable(found[1], limit=255),
                printable(found[2], limit=64),
                int(found[3]),
            )
            self._fresh = False
        elif line.lstrip("* ").startswith("Trying "):
            return
        elif "CONNECT tunnel established" in line or "Proxy replied 200 to CONNECT" in line:
            self._tunnel = False
        elif _AGAIN.match(line):
            self._fresh = False
        elif here is not None and self._of_connection(line, here):
            return
        else:
            self._failed(line[2:])

    def _of_connection(self, line: str, here: CurlConnection) -> bool:
        if found := _SESSION.match(line):
            here.version, here.cipher = printable(found[1], limit=20), printable(found[2], limit=60)
        elif found := _ALPN.match(line):
            here.alpn = printable(found[1], limit=20)
        elif found := _FIELD.match(line):
            here.certificate[found[1]] = printable(found[2], limit=300)
        elif "SSL certificate verify ok" in line:
            here.verified = True
        elif found := _PROBLEM.match(line):
            here.verified = False
            here.trouble.append(printable(found[1], limit=200))
            if "continuing anyway" not in line:
                self._failed(line[2:])
        elif "completely uploaded" in line or "upload completely sent" in line:
            for turn in here.turns[-1:]:
                turn.uploaded = True
        elif "Done waiting for 100-continue" in line:
            for turn in here.turns[-1:]:
                turn.gave_up_waiting = True
        else:
            return False
        return True

    def _message(self, found: re.Match[str]) -> None:
        here = self._here
        if len(here.messages) < _MAX_MESSAGES:
            kind: Literal["handshake", "alert"] = "alert" if found[3] == "alert" else "handshake"
            incoming, code = found[2] == "IN", int(found[4])
            here.messages.append(Message(incoming, kind, code, bool(here.turns)))
            # curl calls both hellos TLSv1.3, whatever is chosen; the messages after them have the version.
            if incoming and kind == "handshake" and code != 2 and found[1].startswith("TLSv1"):
                here.version = printable(found[1], limit=20)

    def _sized(self, size: int) -> None:
        if self.connections and self._here.messages and self._here.messages[-1].size is None:
            self._here.messages[-1].size = size

    def _sent(self, line: str) -> None:
        if found := _REQUEST.match(line):
            self._tunnel = found[1] == "CONNECT"
            if not self._tunnel:
                self._here.turns.append(CurlTurn(found[1], printable(found[2], limit=2000)))
        elif (found := _HEADER.match(line)) and not self._tunnel and self.connections:
            for turn in self._here.turns[-1:]:
                if len(turn.sent) < _MAX_HEADERS:
                    turn.sent[found[2].lower()] = printable(found[3], limit=2000)

    def _received(self, line: str) -> None:
        if self._tunnel:
            if (found := _STATUS.match(line)) and found[2][0] not in "12":
                self._failed(f"CONNECT tunnel failed: the proxy answered {found[2]}")
            return
        turns = self._here.turns[-1:] if self.connections else []
        for turn in turns:
            if found := _STATUS.match(line):
                self._status(turn, found)
            elif (found := _HEADER.match(line)) and turn.status is not None and len(turn.headers) < _MAX_HEADERS:
                turn.headers.append((printable(found[2].lower()), printable(found[3], limit=2000)))

    def _status(self, turn: CurlTurn, found: re.Match[str]) -> None:
        status = int(found[2])
        if status < 200 and status != 101:
            turn.interim.append(status)
            return
        turn.http, turn.status, turn.headers = found[1], status, []
        turn.reason = printable(found[3].strip(), limit=100)

    def _failed(self, words: str, *, force: bool = False) -> None:
        kind = next((kind for pattern, kind in _FAILURES if pattern.search(words)), None)
        if kind is None and not force:
            return
        here = self._here
        if here.failure is None:
            here.failure, here.said = kind, printable(words.strip(), limit=300)
