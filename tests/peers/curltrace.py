"""Runs ``curl -v`` and reads from its trace what it saw: the independent witness beside our own engine."""

import os
import re
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from tests.peers.need import need

When = Literal["none", "handshake", "renegotiation", "post-handshake"]

_MESSAGE = re.compile(
    r"\* (?P<version>TLSv?[\d.]+|SSLv3) \((?P<way>IN|OUT)\), TLS (?P<kind>handshake|alert), .*\((?P<code>\d+)\):"
)
_SESSION = re.compile(r"\* SSL connection using (?P<version>\S+) / (?P<cipher>\S+)")
_ALPN = re.compile(r"\* ALPN[:,] server accepted (?:to use )?(?P<alpn>\S+)")
_REQUEST = re.compile(r"> [A-Z]+ \S+ HTTP/")
_ANSWER = re.compile(r"< HTTP/[\d.]+ (?P<status>\d{3})")
_HELLO_REQUEST, _SERVER_HELLO, _CERTIFICATE_REQUEST, _CERTIFICATE_VERIFY = 0, 2, 13, 15
_CLOSE_NOTIFY = 0


@dataclass(frozen=True)
class Alert:
    """One TLS alert, without close_notify; ``code`` is the number of RFC 8446 section 6 (40 handshake_failure)."""

    direction: Literal["received", "sent"]
    level: Literal["warning", "fatal"]
    code: int


@dataclass
class CurlTrace:
    """What curl said of one run; over several connections, the facts are those of the last one.

    ``certificate_request`` says when the CertificateRequest came: in the handshake, or after the request had left, by
    renegotiation on TLS 1.2 or after the handshake on TLS 1.3. ``certificate_sent`` is True when a CertificateVerify
    left, which only follows a certificate that is not empty (RFC 8446 section 4.4.3, RFC 5246 section 7.4.8).
    ``statuses`` holds every status in order, 1xx included; ``status`` the last final one. ``local_port`` finds the
    connection in a server's log. ``exit_code`` is curl's own (56: failure in receiving).
    """

    exit_code: int
    local_port: int | None = None
    certificate_request: When = "none"
    certificate_sent: bool = False
    hello_request: bool = False
    version: str | None = None
    alpn: str | None = None
    statuses: list[int] = field(default_factory=list)
    alerts: list[Alert] = field(default_factory=list)
    connections: int = 0
    body: bytes = b""
    text: str = ""
    _request_left: bool = False

    @property
    def status(self) -> int | None:
        """The last status that is not 1xx."""
        final = [status for status in self.statuses if status >= 200]
        return final[-1] if final else None

    @property
    def continued(self) -> bool:
        """Whether a 100 Continue came."""
        return 100 in self.statuses

    def read(self, lines: Iterable[str]) -> None:
        """Take in the lines of a trace."""
        for line in lines:
            self._read(line)

    def _read(self, line: str) -> None:
        if line.startswith(("* Connected to ", "* Established connection to ")):
            self._start_over()
        elif found := _MESSAGE.match(line):
            self._message(found)
        elif found := _SESSION.match(line):
            self.version = found["version"]
        elif found := _ALPN.match(line):
            self.alpn = found["alpn"]
        elif _REQUEST.match(line):
            self._request_left = True
        elif found := _ANSWER.match(line):
            self.statuses.append(int(found["status"]))

    def _start_over(self) -> None:
        self.connections += 1
        self.certificate_request, self.certificate_sent, self.hello_request = "none", False, False
        self.version, self.alpn, self._request_left = None, None, False

    def _message(self, found: re.Match[str]) -> None:
        code, incoming = int(found["code"]), found["way"] == "IN"
        if found["kind"] == "alert":
            # curl prints the two bytes of an alert as one number: level times 256 plus description.
            level, description = divmod(code, 256)
            if description != _CLOSE_NOTIFY:
                way: Literal["received", "sent"] = "received" if incoming else "sent"
                self.alerts.append(Alert(way, "fatal" if level == 2 else "warning", description))
            return
        if incoming and code != _SERVER_HELLO:
            # curl calls both hellos TLSv1.3, whatever is chosen; from the next message on it knows.
            self.version = found["version"]
        if incoming and code == _HELLO_REQUEST:
            self.hello_request = True
        elif incoming and code == _CERTIFICATE_REQUEST:
            self.certificate_request = self._when()
        elif not incoming and code == _CERTIFICATE_VERIFY:
            self.certificate_sent = True

    def _when(self) -> When:
        if not self._request_left:
            return "handshake"
        return "renegotiation" if self.hello_request else "post-handshake"


def curl_trace(*arguments: str | os.PathLike[str], body: bytes | None = None, seconds: float = 30.0) -> CurlTrace:
    """Run ``curl -v`` with ``arguments``; ``body``, when given, is the request's body. Needs ``curl``.

    Neither a ``.curlrc`` nor a proxy of the environment has a say. ``seconds`` limits the whole run.
    """
    command: list[str] = [need("curl"), "-q", "-sS", "-v", "--max-time", f"{seconds:g}", "-w", "\n%{local_port}"]
    if body is not None:
        command += ["--data-binary", "@-"]
    command += [os.fspath(argument) for argument in arguments]
    done = subprocess.run(
        command, input=body, capture_output=True, timeout=seconds + 5, env=_environment(), check=False
    )
    answer, _, port = done.stdout.rpartition(b"\n")
    trace = CurlTrace(exit_code=done.returncode, body=answer, text=done.stderr.decode("utf-8", "replace"))
    trace.local_port = int(port) if port.isdigit() and port != b"0" else None
    trace.read(trace.text.splitlines())
    return trace


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
