"""Apache httpd as a test peer: it asks in the first handshake, by renegotiation, or after the handshake."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Literal

from tests.peers.apacheconf import MODULES_FOLDER, SITES, TLS, Key, Site, Tls, write_configuration
from tests.peers.certs import Pki
from tests.peers.daemon import read_log, server, until
from tests.peers.need import missing, need

When = Literal["none", "handshake", "renegotiation", "post-handshake"]

_LINE = re.compile(
    r'(?P<port>\d+) (?P<client_port>\d+) (?P<protocol>\S+) (?P<verify>\S+) "(?P<common_name>[^"]*)" (?P<status>\d+) '
    r'(?P<received>\d+) (?P<sent>\d+) (?P<ended>\S) (?P<http>\S+) (?P<method>\S+) "(?P<target>[^"]*)"'
)


@dataclass(frozen=True)
class AccessLine:
    """One line of the access log; ``received`` and ``sent`` are bytes on the connection, heads and TLS included.

    ``port`` and ``client_port`` find the connection in the error log. ``common_name`` is ``-`` without a certificate.
    ``ended`` is ``X`` when the connection broke before the answer was out, ``+`` kept open, ``-`` closed.
    """

    port: int
    client_port: int
    protocol: str
    verify: str
    common_name: str
    status: int
    received: int
    sent: int
    ended: str
    http: str
    method: str
    target: str


class Apache:
    """A running Apache; ask it for addresses and for what it logged."""

    def __init__(self, folder: Path, ports: dict[Key, int]) -> None:
        self._folder = folder
        self._ports = ports

    def port(self, site: Site, tls: Tls = "both") -> int:
        """Return the port of 127.0.0.1 on which ``site`` speaks only the given TLS version."""
        return self._ports[site, tls]

    def url(self, site: Site, path: str = "/", tls: Tls = "both") -> str:
        """Return ``https://localhost:port`` followed by ``path``."""
        return f"https://localhost:{self.port(site, tls)}{path}"

    def access(self, target: str = "") -> list[AccessLine]:
        """Return the requests so far whose path and query contain ``target``; see :meth:`one_access`."""
        lines = (_LINE.fullmatch(line) for line in read_log(self._folder / "access.log").splitlines())
        return [_access_line(line) for line in lines if line and target in line["target"]]

    def one_access(self, target: str) -> AccessLine:
        """Return the last request for ``target``; waits, since a request is logged after its answer left."""
        return until(lambda: self.access(target), f"{target} in Apache's access log")[-1]

    def errors(self, logged: AccessLine | None = None) -> list[str]:
        """Return the error log, or what it says of the last connection between the two ports of a request."""
        lines = read_log(self._folder / "error.log").splitlines()
        if logged is None:
            return lines
        of_client = [line for line in lines if f"127.0.0.1:{logged.client_port}]" in line]
        # A client's port comes back for another server's port: each connection begins with its own line.
        starts = [at for at, line in enumerate(of_client) if "AH01964: Connection to child" in line] + [
            len(of_client)
        ]
        for start, end in reversed(list(pairwise(starts))):
            if f"(server localhost:{logged.port})" in of_client[start]:
                return of_client[start:end]
        return []

    def asked(self, logged: AccessLine) -> When:
        """Return when Apache asked for a certificate on the connection of a request, by its own state log."""
        handshakes_done, renegotiating = 0, False
        for line in self.errors(logged):
            if "write hello request" in line:
                renegotiating = True
            elif "write certificate request" in line:
                if not handshakes_done:
                    return "handshake"
                return "renegotiation" if renegotiating else "post-handshake"
            elif "Handshake: done" in line:
                handshakes_done += 1
        return "none"


@contextmanager
def apache_server(pki: Pki) -> Iterator[Apache]:
    """Run one Apache with every site of :mod:`tests.peers.apacheconf`; needs ``apache2`` and its modules."""
    program = need("apache2")
    if not (MODULES_FOLDER / "mod_ssl.so").exists():
        missing(f"no Apache modules in {MODULES_FOLDER}")
    keys: list[Key] = [(site, tls) for site in SITES for tls in TLS]

    def write(folder: Path, ports: list[int]) -> list[str]:
        configuration = write_configuration(folder, pki, dict(zip(keys, ports, strict=True)))
        return [program, "-f", str(configuration), "-D", "FOREGROUND"]

    with server("apache", len(keys), write) as (folder, ports):
        yield Apache(folder, dict(zip(keys, ports, strict=True)))


def _access_line(line: re.Match[str]) -> AccessLine:
    numbers = {name: int(line[name]) for name in ("port", "client_port", "status", "received", "sent")}
    words = {name: line[name] for name in ("protocol", "verify", "common_name", "ended", "http", "method", "target")}
    return AccessLine(**numbers, **words)  # type: ignore[arg-type]
