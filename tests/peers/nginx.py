"""nginx as a test peer: it asks in the first handshake only, and refuses in HTTP after a good handshake."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from tests.peers.certs import Pki
from tests.peers.daemon import read_log, server, until, worker_user
from tests.peers.need import need

Site = Literal["on", "optional", "off", "h2"]
SITES: tuple[Site, ...] = get_args(Site)
_VERIFY = {"on": "on", "optional": "optional", "off": "off", "h2": "on"}

_LOG_FORMAT = (
    '$server_port $remote_port $ssl_client_verify $ssl_protocol $status $request_length "$ssl_client_s_dn" '
    "$server_protocol $request_method $request_uri"
)
# $ssl_client_verify is "FAILED:reason", and the reason has blanks.
_LINE = re.compile(
    r"(?P<port>\d+) (?P<client_port>\d+) (?P<verify>NONE|SUCCESS|FAILED:.*?|-) (?P<protocol>TLSv\S+|-) "
    r'(?P<status>\d{3}) (?P<received>\d+) "(?P<subject>[^"]*)" (?P<http>\S+) (?P<method>\S+) (?P<target>\S+)'
)


@dataclass(frozen=True)
class AccessLine:
    """One line of the access log; ``received`` is the length of the request in bytes, head and body.

    ``verify`` is nginx's $ssl_client_verify: NONE, SUCCESS or ``FAILED:`` with the reason.
    """

    port: int
    client_port: int
    verify: str
    protocol: str
    status: int
    received: int
    subject: str
    http: str
    method: str
    target: str


class Nginx:
    """A running nginx; ask it for addresses and for what it logged."""

    def __init__(self, folder: Path, ports: dict[Site, int]) -> None:
        self._folder = folder
        self._ports = ports

    def port(self, site: Site) -> int:
        """Return the port of 127.0.0.1 with this ``ssl_verify_client``; all speak TLS 1.2 and 1.3."""
        return self._ports[site]

    def url(self, site: Site, path: str = "/") -> str:
        """Return ``https://localhost:port`` followed by ``path``; ``/limit`` takes bodies of up to 102,400 bytes."""
        return f"https://localhost:{self.port(site)}{path}"

    def access(self, target: str = "") -> list[AccessLine]:
        """Return the requests so far whose path and query contain ``target``; see :meth:`one_access`."""
        lines = (_LINE.fullmatch(line) for line in read_log(self._folder / "access.log").splitlines())
        return [_access_line(line) for line in lines if line and target in line["target"]]

    def one_access(self, target: str) -> AccessLine:
        """Return the last request for ``target``; waits, since a request is logged after its answer left."""
        return until(lambda: self.access(target), f"{target} in nginx's access log")[-1]

    def errors(self) -> list[str]:
        """Return the error log."""
        return read_log(self._folder / "error.log").splitlines()


@contextmanager
def nginx_server(pki: Pki) -> Iterator[Nginx]:
    """Run one nginx with every site; needs ``nginx``."""
    program = need("nginx")

    def write(folder: Path, ports: list[int]) -> list[str]:
        configuration = folder / "nginx.conf"
        configuration.write_text(_configuration(folder, pki, dict(zip(SITES, ports, strict=True))))
        return [program, "-p", str(folder), "-c", str(configuration), "-e", str(folder / "error.log")]

    with server("nginx", len(SITES), write) as (folder, ports):
        yield Nginx(folder, dict(zip(SITES, ports, strict=True)))


def _configuration(folder: Path, pki: Pki, ports: dict[Site, int]) -> str:
    user = worker_user()
    sites = "".join(_site(folder, pki, site, port) for site, port in ports.items())
    temporary = "".join(
        f"  {kind}_temp_path {folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    return f"""{f"user {user};" if user else ""}
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log info;
events {{ worker_connections 256; }}
http {{
{temporary}
  log_format peer '{_LOG_FORMAT}';
  access_log {folder}/access.log peer;
  client_max_body_size 16m;
{sites}
  server {{
    listen unix:{folder}/app;
    access_log off;
    default_type text/plain;
    location / {{ return 200 "body-bytes: $http_x_body_bytes\\nX-ARR-ClientCert: $http_x_arr_clientcert\\n"; }}
    location ~ /(missing|mtls-triage-) {{ return 404; }}
  }}
}}
"""


def _site(folder: Path, pki: Pki, site: Site, port: int) -> str:
    # The body is read to its end here but not handed on: the site behind answers without reading.
    forward = f"""
      proxy_pass http://unix:{folder}/app:;
      proxy_set_header Host $http_host;
      proxy_set_header X-ARR-ClientCert $ssl_client_escaped_cert;
      proxy_set_header X-Body-Bytes $content_length;
      proxy_pass_request_body off;
      proxy_set_header Content-Length "";
      proxy_set_header Expect "";"""
    return f"""
  server {{
    listen 127.0.0.1:{port} ssl{" http2" if site == "h2" else ""};
    server_name localhost;
    ssl_certificate {pki.server.certificate};
    ssl_certificate_key {pki.server.key};
    ssl_protocols TLSv1.2 TLSv1.3;
    ssl_client_certificate {pki.ca};
    ssl_verify_client {_VERIFY[site]};
    location / {{{forward}
    }}
    location /limit {{
      client_max_body_size 102400;{forward}
    }}
  }}
"""


def _access_line(line: re.Match[str]) -> AccessLine:
    return AccessLine(
        port=int(line["port"]),
        client_port=int(line["client_port"]),
        verify=line["verify"],
        protocol=line["protocol"],
        status=int(line["status"]),
        received=int(line["received"]),
        subject=line["subject"],
        http=line["http"],
        method=line["method"],
        target=line["target"],
    )
