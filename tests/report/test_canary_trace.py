"""Secrets in a trace that a customer pastes, and in a script's output: ``read`` takes them out by what curl sent."""

import base64
import os
import subprocess
from pathlib import Path

import pytest

from tests.peers.need import need
from tests.report.canary_places import USER_PHRASE, Wider, wider
from tests.report.test_canary import BEARER, CODE, COOKIE, HEADER, PROXY, SIGNATURE, Place, place, words

__all__ = ["place"]


@pytest.fixture
def there(place: Place) -> Wider:
    return wider(place)


def pasted(there: Wider, path: str, *more: str) -> Path:
    """Run curl -v against the mirror, and keep all that it prints as the customer would."""
    file = there.pki.folder / "pasted.txt"
    command = [
        *(need("curl"), "-v", "--silent", "--show-error", "--cacert", str(there.pki.ca), *more),
        *("-H", f"X-Custom: {HEADER}", "-H", f"X-Api-Key: {SIGNATURE}", "-b", f"sid={COOKIE}"),
        f"{there.origin}{path}?code={CODE}",
    ]
    ended = subprocess.run(command, capture_output=True, timeout=30, check=False, env={"PATH": os.environ["PATH"]})
    # Interleaved as on a terminal: the trace, and then the body.
    file.write_bytes(ended.stderr + b"\n" + ended.stdout)
    assert HEADER.encode() in ended.stdout
    return file


@pytest.mark.parametrize("path", ["/crash", "/json", "/text"])
def test_a_pasted_trace_is_read_without_its_secrets(there: Wider, path: str) -> None:
    assert there.run("read", str(pasted(there, path, "-u", f"somebody:{USER_PHRASE}"))) == 0
    for more in (["-u", f"somebody:{USER_PHRASE}"], ["-H", f"Authorization: Bearer {BEARER}"]):
        assert there.run("read", str(pasted(there, path, *more)), "--json") == 0
        assert b'"body_excerpt"' in there.said[-2]
    assert there.found() == []


def test_a_trace_through_a_proxy_keeps_the_proxys_password_out(there: Wider) -> None:
    word = base64.b64encode(f"user:{PROXY}".encode()).decode()
    proxied = (
        "*   Trying 127.0.0.1:3128...\n* Connected to 127.0.0.1 (127.0.0.1) port 3128\n"
        f"* CONNECT tunnel: HTTP/1.1 negotiated\n* Proxy auth using Basic with user 'user:{PROXY}'\n"
        f"> CONNECT localhost:443 HTTP/1.1\n> Host: localhost:443\n> Proxy-Authorization: Basic {word}\n> \n"
        f"< HTTP/1.1 407 Denied Proxy-Authorization: Basic {word}\n< Proxy-Authenticate: Basic realm={PROXY}\n< \n"
        f"* CONNECT tunnel failed, response 407\n* Uses proxy env variable https_proxy == 'http://user:{PROXY}@p:1'\n"
        f"curl: (56) CONNECT tunnel failed, http://user:{PROXY}@p:1 response 407\n"
    )
    file = there.pki.folder / "proxied.txt"
    file.write_text(proxied)
    for form in ([], ["--json"]):
        assert there.run("read", str(file), *form) == 0
    assert b"proxy" in there.output()
    assert there.found() == []


@pytest.mark.parametrize("shell", ["bash", "powershell"])
def test_a_script_holds_no_secret(there: Wider, shell: str) -> None:
    assert there.run("script", *words(there, "/text"), "--shell", shell) == 0
    curl = f"curl -u 'me:{USER_PHRASE}' -H 'X-A: {HEADER}' -x http://u:{PROXY}@127.0.0.1:9 --pass '{BEARER}'"
    assert there.run("script", "--shell", shell, "--curl", f"{curl} '{there.origin}/text?code={CODE}'") == 0
    assert b"MTLS_SECRET" in there.output()
    assert there.found() == []


def test_a_scripts_answers_hold_no_secret_when_it_ran_with_some(there: Wider) -> None:
    need("curl")
    assert there.run("script", *words(there, "/text", certificate=False)) == 0
    (there.folder / "script.sh").write_bytes(there.said[-2])
    headers = there.pki.folder / "headers.txt"
    headers.write_text(f"X-Custom: {HEADER}\nAuthorization: Bearer {BEARER}\nCookie: sid={COOKIE}\n")
    ended = subprocess.run(
        [need("bash"), "script.sh"],
        capture_output=True,
        timeout=60,
        check=False,
        cwd=there.folder,
        env={"PATH": os.environ["PATH"], "TMPDIR": str(there.folder), "MTLS_CA": str(there.pki.ca),
             "MTLS_HEADERS": str(headers), "MTLS_SECRET": CODE},
    )  # fmt: skip
    (there.folder / "answers.txt").write_bytes(ended.stdout)
    there.said.append(ended.stderr)
    assert b"HTTP/1.1 200" in ended.stdout
    assert there.run("read", "answers.txt", "--json") == 0
    assert there.found() == []
