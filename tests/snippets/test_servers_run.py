"""Server snippets run with a real certificate header; a debug endpoint gives the certificate and nothing secret."""

import base64
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from probes.diagnosis.snippets import snippets
from probes.forwarded import read_echo
from tests.clients.order import without_proxies
from tests.clients.programs_built import node_modules
from tests.lab.fixture import RunningLab
from tests.peers.need import need

SECRET = "s3cr3t-cookie-value"
WSGI = """
import sys
from wsgiref.simple_server import make_server
def app(environ, start_response):
    start_response("404 Not Found", [])
    return [b""]
make_server("127.0.0.1", int(sys.argv[1]), with_debug_endpoint(app)).serve_forever()
"""


@pytest.fixture
def leaf(edge: RunningLab) -> x509.Certificate:
    return x509.load_pem_x509_certificate(Path(edge.ready.certificate).read_bytes())


@contextmanager
def serving(command: list[str], port: int, env: Mapping[str, str] | None = None) -> Iterator[str]:
    with subprocess.Popen(
        command, env={**without_proxies(), **(env or {})}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        try:
            for _ in range(100):
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", port)) == 0:
                        break
                assert process.poll() is None, process.stdout and process.stdout.read()
                time.sleep(0.1)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.kill()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def php(task: str, folder: Path, port: int) -> tuple[list[str], dict[str, str]]:
    (folder / "index.php").write_text(snippets()[task, "php"].code)
    return [need("php"), "-S", f"127.0.0.1:{port}", str(folder / "index.php")], {}


def express(task: str, folder: Path, port: int) -> tuple[list[str], dict[str, str]]:
    modules = node_modules("express")
    (folder / "app.js").write_text(snippets()[task, "express"].code)
    return [need("node"), str(folder / "app.js")], {"NODE_PATH": str(modules), "PORT": str(port)}


def wsgi(task: str, folder: Path, port: int) -> tuple[list[str], dict[str, str]]:
    (folder / "app.py").write_text(snippets()[task, "wsgi"].code + WSGI)
    return [sys.executable, str(folder / "app.py"), str(port)], {}


Start = Callable[[str, Path, int], tuple[list[str], dict[str, str]]]


def get(url: str, headers: Mapping[str, str]) -> tuple[int, bytes, str | None]:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=dict(headers)), timeout=10) as answer:
            return answer.status, answer.read(), answer.headers.get("Content-Type")
    except urllib.error.HTTPError as fault:
        with fault:
            return fault.code, fault.read(), None


@pytest.mark.parametrize("start", [php, express, wsgi])
def test_a_debug_endpoint_gives_the_certificate_and_no_secret(
    start: Start, leaf: x509.Certificate, tmp_path: Path
) -> None:
    port = free_port()
    command, env = start("debug-endpoint", tmp_path, port)
    header = base64.b64encode(leaf.public_bytes(Encoding.DER)).decode()
    sent = {"X-ARR-ClientCert": header, "X-Forwarded-Proto": "https", "Cookie": SECRET, "Authorization": SECRET}
    with serving(command, port, env) as url:
        status, body, kind = get(f"{url}/debug/headers", sent)
        without = get(f"{url}/debug/headers", {"Cookie": SECRET})[1]
    assert status == 200
    assert SECRET.encode() not in body + without
    echo = read_echo(body, kind, leaf)
    assert echo is not None
    assert echo.certificate is not None
    assert echo.certificate.matches_sent
    assert echo.headers["X-Forwarded-Proto"] == "https"
    none = read_echo(without, kind, leaf)
    assert none is None or none.certificate is None


@pytest.mark.parametrize("start", [php, express])
def test_the_header_is_read_as_what_it_is(start: Start, leaf: x509.Certificate, tmp_path: Path) -> None:
    port = free_port()
    command, env = start("read-header", tmp_path, port)
    header = base64.b64encode(leaf.public_bytes(Encoding.DER)).decode()
    with serving(command, port, env) as url:
        status, body, _ = get(url, {"X-ARR-ClientCert": header})
        refused = get(url, {})[0]
    assert (status, refused) == (200, 401)
    assert leaf.fingerprint(hashes.SHA1()).hex().upper() in body.decode()
