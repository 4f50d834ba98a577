"""What a command would send: the real curl, run by a real shell against a loopback server, is the witness."""

import http.server
import json
import shlex
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.curlline import CurlCall, parse
from probes.errors import UsageFault
from tests.peers.need import need

SECRET = "s3cr3t-value"


class _Recorder(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def _any(self) -> None:
        size = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(size)
        record = {"method": self.command, "headers": self.headers.items(), "size": len(body), "path": self.path}
        self.server.seen.append(record)  # type: ignore[attr-defined]
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = _any

    def log_message(self, *_args: object) -> None:
        return


@pytest.fixture(scope="module")
def server() -> Iterator[Any]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Recorder) as running:
        running.seen = []  # type: ignore[attr-defined]
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield running
        running.shutdown()


COMMANDS = [
    "curl URL",
    "curl -I URL/a",
    "curl -X DELETE URL/a?b=c",
    "curl -d a=b -d c=d URL",
    "curl --data-binary @body URL",
    "curl --data-raw @body URL",
    "curl --data-urlencode 'a=b c&d/é' --data-urlencode '=x y' --data-urlencode plain URL",
    "curl -T body URL/up",
    "curl -XPUT --data-binary @body URL",
    """curl --json '{"a": 1}' URL""",
    "curl -F a=b -F 'file=@body' URL",
    "curl -F 'f=@picture.png;type=image/png' -F 'g=<body' --form-string 'h=@x' URL",
    "curl -H 'X-A: 1' -H 'X-B:2' -e https://ref -b 'a=1' -u 'me:pass:word' URL",
    "curl --oauth2-bearer tok URL",
    "curl -sSvk -H'X-A: glued' -dglued URL",
    "curl -d '' URL",
]


@pytest.mark.parametrize("command", COMMANDS)
def test_curl_itself_sends_what_was_read(server: Any, command: str, tmp_path: Path) -> None:
    (tmp_path / "body").write_bytes(b"x" * 20_000)
    (tmp_path / "picture.png").write_bytes(b"p" * 3000)
    line = command.replace("URL", f"http://127.0.0.1:{server.server_address[1]}")
    call = parse(line, lambda name: (tmp_path / name).stat().st_size)
    server.seen.clear()
    need("curl")
    done = subprocess.run(
        [need("bash"), "-c", line.replace("curl", "curl --disable --silent --noproxy '*'", 1)],
        cwd=tmp_path, capture_output=True, timeout=20, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    seen = server.seen[0]
    assert call.method == seen["method"]
    assert call.url is not None
    sent = {name.lower(): value for name, value in seen["headers"]}
    assert {name.lower(): sent.get(name.lower()) for name, _ in call.headers} == {
        name.lower(): value for name, value in call.headers
    }
    multipart = " -F " in command
    size = None if call.body is None else call.body.size
    # Later curls write six characters more in each boundary.
    expected = {seen["size"] - 6 * parts for parts in (range(6) if multipart else (0,))}
    assert (size or 0) in expected


def call(text: str) -> CurlCall:
    return parse(text, lambda _name: None)


@pytest.mark.parametrize(
    ("options", "tls"),
    [("", "free"), ("--tls-max 1.2", "1.2"), ("--tlsv1.3", "1.3"), ("--tlsv1.2", "free"), ("--tlsv1.0", "free"),
     ("--tlsv1.2 --tls-max 1.2", "1.2"), ("--tlsv1.0 --tls-max 1.1", "1.1"), ("-1", "free"),
     ("--tls-max default", "free"), ("--tls-max 1.0", "1.0")],
)  # fmt: skip
def test_the_version_that_the_flags_leave(options: str, tls: str) -> None:
    assert call(f"curl {options} https://h").tls == tls


@pytest.mark.parametrize(
    ("options", "there"),
    [("--resolve h:443:10.0.0.4", "10.0.0.4:443"), ("--resolve '+*:443:[::1],1.1.1.1'", "[::1]:443"),
     ("--resolve other:443:10.0.0.4", None), ("--connect-to h:443:edge:8443", "edge:8443"),
     ("--connect-to ::edge:", "edge:443"), ("--connect-to other::edge:1", None)],
)  # fmt: skip
def test_other_addresses(options: str, there: str | None) -> None:
    found = call(f"curl {options} https://H/x")
    assert found.connect_to == there
    assert found.not_honoured == ()


@pytest.mark.parametrize(
    ("options", "proxy"),
    [("", None), ("-x p:3128", "http://p:3128"), ("-x http://p", "http://p:1080"),
     ("-x p:1 -U me:a@b", "http://me:a%40b@p:1"), ("-x '' ", ""), ("--noproxy '*' -x p:1", "")],
)  # fmt: skip
def test_proxies(options: str, proxy: str | None) -> None:
    assert call(f"curl {options} https://h").proxy == proxy


@pytest.mark.parametrize(
    ("options", "cert", "phrase"),
    [("-E c.pem", "c.pem", None), ("-Ec.pfx:secret:x", "c.pfx", "secret:x"),
     (r"--cert 'C:\k\c.pfx:s'", r"C:\k\c.pfx", "s"),
     (r"--cert 'a\:b.pem'", "a:b.pem", None), ("--cert c --pass p", "c", "p")],
)  # fmt: skip
def test_certificates(options: str, cert: str, phrase: str | None) -> None:
    found = call(f"curl {options} https://h")
    assert (found.cert, found.phrase) == (cert, phrase)


def test_expect_is_told_apart_from_other_headers() -> None:
    assert call("curl https://h").own_expect == "client"
    assert call("curl -H 'Expect:' https://h").own_expect == "never"
    found = call("curl -H 'expect: 100-continue' -H 'A: b' https://h")
    assert (found.own_expect, found.headers) == ("always", (("A", "b"),))


@pytest.mark.parametrize(
    "options",
    ["-L", "--digest -u a:b", "--next https://x", "--http3", "-K file", "https://second", "--unix-socket /x",
     "--no-such-thing", "-F a=@missing", "--data-binary @-", "-G -d a=b", "-H @file", "-A agent", "-H 'Host: x'",
     "-H \"X: $TOKEN\"", "--socks5 p:1", "-x socks5://p:1", "-b jar.txt", "--tls13-ciphers X", "https://h/{a,b}"],
)  # fmt: skip
def test_what_cannot_be_played_is_named(options: str) -> None:
    assert call(f"curl https://h {options}").not_honoured


@pytest.mark.parametrize(
    "options", ["-sSfv", "-o out -w '%{http_code}'", "--compressed --max-time 5", "--retry 3 -i"]
)
def test_what_changes_nothing_is_not(options: str) -> None:
    assert call(f"curl https://h {options}").not_honoured == ()


def test_secrets_are_in_no_representation_and_no_note() -> None:
    found = call(
        f"curl -H 'Authorization: {SECRET}' -u me:{SECRET} -b a={SECRET} -E c:{SECRET} -x http://u:{SECRET}@p "
        f"--no-such={SECRET} --proxy-header 'A: {SECRET}' -d {SECRET} 'https://me:{SECRET}@h/?code={SECRET}'"
    )
    assert SECRET not in repr(found)
    assert SECRET not in json.dumps(found.not_honoured)
    assert found.url == f"https://h/?code={SECRET}"


@pytest.mark.parametrize("text", ["curl https://h -H", "curl --cert", "curl 'https://[::1'"])
def test_a_command_that_is_cut_off_is_refused(text: str) -> None:
    with pytest.raises(UsageFault):
        call(text)


FRAGMENTS = st.sampled_from(
    ["-H", "-d", "a=b", "@x", "-F", "-T", "-x", "--resolve", "::", "[", "https://h", "-", "--", "-sk", "--tls-max",
     "-u", "1.2", "--next", "é", "\x00", "-E", ":", "--connect-to", "http://[", "\\", "--data-urlencode",
     "-G", "@", "="]
)  # fmt: skip


@given(st.lists(FRAGMENTS | st.text(max_size=8), max_size=10))
def test_any_command_is_read_or_refused(words: list[str]) -> None:
    try:
        parse(shlex.join(["curl", *words]), lambda _name: 5)
    except UsageFault:
        return
