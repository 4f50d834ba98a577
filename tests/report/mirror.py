"""A TLS server that gives every secret back in every place where an app could: a crash page at its worst."""

import html
import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.peers.certs import Pki


class _Mirror(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def _answer(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", "0")))
        pairs = list(self.headers.items())
        kind, status, body = "text/html", 500, _page(self.path, pairs)
        if self.path.startswith("/json"):
            kind, status, body = "application/json", 200, json.dumps({"url": self.path, "headers": dict(pairs)})
        elif self.path.startswith("/text"):
            kind, status = "text/plain", 200
            body = f"GET {self.path}\n" + "".join(f"{name}: {value}\n" for name, value in pairs)
        data = b"" if self.command == "HEAD" else body.encode("utf-8")
        self.send_response(status, f"Failed at {self.path}")
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Location", f"https://localhost{self.path}")
        self.send_header("Set-Cookie", f"session={self.headers.get('Cookie', 'none')}")
        for name, value in pairs:
            self.send_header(f"X-Was-{name}", value)
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_POST = do_HEAD = do_PUT = _answer

    def log_message(self, *_arguments: object) -> None:
        """Keep quiet."""


class _Quiet(ThreadingHTTPServer):
    def handle_error(self, *_arguments: object) -> None:
        """Keep quiet: a certificate that is not trusted is no fault of the test."""


def _page(path: str, pairs: list[tuple[str, str]]) -> str:
    rows = "".join(f"<tr><td>{html.escape(name)}</td><td>{html.escape(value)}</td></tr>" for name, value in pairs)
    environment = "".join(f"HTTP_{name.upper().replace('-', '_')} = {html.escape(value)}\n" for name, value in pairs)
    return (
        f"<h1>Unhandled exception at {html.escape(path)}</h1><table>{rows}</table>"
        f"<pre>X-ARR-ClientCert missing\n{environment}</pre>"
    )


@contextmanager
def mirror(pki: Pki, client: bytes) -> Iterator[str]:
    """Serve on loopback and yield the origin; the client certificate (PEM) is asked for and not required."""
    server = _Quiet(("127.0.0.1", 0), _Mirror)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pki.server.pem)
    context.load_verify_locations(pki.ca, cadata=client.decode("ascii"))
    context.verify_mode = ssl.CERT_OPTIONAL
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"https://localhost:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
