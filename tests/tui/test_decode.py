"""``mtls-triage decode`` as its user calls it: a real process, its output, its exit status."""

import base64
import json
import os
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs12

from probes.credential import throwaway
from probes.forwarded import FAULTS

GIVEN = throwaway()
LEAF = GIVEN.leaf
VALUE = base64.b64encode(LEAF.public_bytes(serialization.Encoding.DER)).decode("ascii")
PEM = LEAF.public_bytes(serialization.Encoding.PEM)


def _decode(*arguments: str, given: bytes | None = None, **env: str) -> subprocess.CompletedProcess[bytes]:
    call = [sys.executable, "-m", "tui", "decode", *arguments]
    environment = {name: text for name, text in os.environ.items() if name != "NO_COLOR"} | {"COLUMNS": "100"} | env
    done = subprocess.run(call, input=given or b"", capture_output=True, check=False, timeout=60, env=environment)
    assert b"Traceback" not in done.stderr
    return done


@pytest.fixture
def sent(tmp_path: Path) -> str:
    path = tmp_path / "sent.pem"
    path.write_bytes(PEM)
    return str(path)


def test_nothing_wrong_is_status_0_and_json_follows_its_schema(sent: str) -> None:
    told = LEAF.subject.rfc4514_string()
    done = _decode(
        "-", "--json", "--sent", sent, "--ca", sent, "--expect-thumbprint", GIVEN.facts.thumbprint_sha1 or "",
        "--expect-subject", told, "--expect-issuer", told, given=f"X-ARR-ClientCert: {VALUE}\n".encode(),
    )  # fmt: skip
    assert done.returncode == 0, done
    found = json.loads(done.stdout)
    jsonschema.validate(found, json.loads(_decode("--json-schema").stdout))
    assert found["header"] == "X-ARR-ClientCert"
    assert (found["encoding"], found["faults"], found["matches_sent"]) == ("base64-der", [], True)
    assert found["thumbprint_sha256"] == GIVEN.facts.thumbprint_sha256
    assert {check["rule"]: check["ok"] for check in found["checks"]} == dict.fromkeys(
        (
            "matches-sent", "thumbprint", "subject", "issuer", "not-before", "not-after", "client-auth", "key-usage",
            "key-strength", "signature-strength", "chain",
        ),
        True,
    )  # fmt: skip


def test_standard_input_is_read_without_a_dash_too() -> None:
    assert _decode(given=VALUE.encode()).returncode == 0


@pytest.mark.parametrize(
    ("value", "status", "word"),
    [
        (VALUE[:-80], 1, "truncated"),
        (VALUE + VALUE, 1, "doubled"),
        (f'"{VALUE}"', 1, "quoted"),
        ("X-ARR-ClientCert: (null)", 1, "placeholder"),
        ("X-ARR-ClientCert:", 1, "empty"),
        ("X-ARR-ClientCert: what is this", 3, "not-a-certificate"),
        ("nothing of the kind", 3, "no-certificate-found"),
        ("", 3, "no-certificate-found"),
    ],
)
def test_faults_are_told_in_words_with_what_to_do(value: str, status: int, word: str) -> None:
    done = _decode(given=value.encode())
    text = " ".join(done.stdout.decode().split())
    assert done.returncode == status
    assert word in text
    assert FAULTS[word].what in text
    assert f"→ {FAULTS[word].todo}" in text
    found = json.loads(_decode("--json", given=value.encode()).stdout)
    assert word in found["faults"]


@pytest.mark.parametrize(
    "option",
    [("--expect-thumbprint", "0" * 40), ("--expect-subject", "CN=other"), ("--expect-issuer", "other")],
)
def test_a_failed_check_is_status_1(option: tuple[str, str]) -> None:
    done = _decode(*option, given=VALUE.encode())
    assert done.returncode == 1
    assert option[0].removeprefix("--expect-") in done.stdout.decode()
    assert "✗" in done.stdout.decode()


def test_a_thumbprint_in_place_of_a_certificate_is_still_compared() -> None:
    thumbprint = GIVEN.facts.thumbprint_sha1 or ""
    done = _decode("--json", "--expect-thumbprint", thumbprint, given=f"X-ARR-ClientCert: {thumbprint}".encode())
    found = json.loads(done.stdout)
    assert (done.returncode, found["faults"]) == (1, ["thumbprint-only"])
    assert next(check["ok"] for check in found["checks"] if check["rule"] == "thumbprint") is True


def test_sent_and_forwarded_stand_side_by_side(sent: str) -> None:
    other = throwaway().leaf.public_bytes(serialization.Encoding.DER)
    done = _decode("--sent", sent, given=base64.b64encode(other))
    text = done.stdout.decode()
    assert done.returncode == 1
    assert "forwarded" in text
    serial = next(line for line in text.splitlines() if line.strip().startswith("serial"))
    assert "≠" in serial
    assert f"{LEAF.serial_number:X}"[-12:] in serial
    assert "✗ matches-sent" in text


def test_a_pfx_can_be_what_was_sent(tmp_path: Path) -> None:
    lock = serialization.BestAvailableEncryption(b"pass1234")
    path = tmp_path / "sent.pfx"
    path.write_bytes(pkcs12.serialize_key_and_certificates(None, GIVEN.key, LEAF, None, lock))
    done = _decode("--sent", str(path), "--cert-password-env", "PHRASE", given=VALUE.encode(), PHRASE="pass1234")
    assert done.returncode == 0, done
    done = _decode("--sent", str(path), "--cert-password-env", "PHRASE", given=VALUE.encode(), PHRASE="wrong9876")
    assert done.returncode == 2
    assert b"wrong9876" not in done.stderr + done.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ("/no/such/file",),
        ("/",),
        ("-", "--sent", "/no/such/file"),
        ("-", "--ca", "/"),
        ("-", "--expect-thumbprint", "12"),
        ("-", "--expect-subject", " "),
        ("-", "--sent", "x", "--cert-password-env", "MTLS_TRIAGE_NOT_SET"),
        ("-", "--no-such-option"),
    ],
)
def test_a_wrong_call_is_one_line_and_status_2(arguments: tuple[str, ...]) -> None:
    done = _decode(*arguments, given=VALUE.encode())
    assert done.returncode == 2
    assert done.stdout == b""
    lines = done.stderr.decode().strip().splitlines()
    assert lines
    assert len(lines) <= (1 if "--no-such-option" not in arguments else 4)


def test_a_file_that_is_too_large_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "large"
    path.write_bytes(b"x" * (256 * 1024 + 1))
    done = _decode(str(path))
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"262,144" in done.stderr


def test_the_endpoints_own_words_and_missing_headers_are_narrated() -> None:
    body = {"headers": {"Host": "x", "Accept": "y"}, "certificate": {"error": "no header"}}
    done = _decode(given=json.dumps(body).encode())
    assert done.returncode == 3
    assert "2 request headers were read" in done.stderr.decode()
    assert "the endpoint itself reports: no header" in done.stderr.decode()


def test_no_colour_where_there_is_no_terminal_and_plain_marks_in_ascii() -> None:
    assert b"\x1b" not in _decode(given=VALUE[:-80].encode()).stdout
    done = _decode(given=VALUE[:-80].encode(), PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert done.returncode == 1
    assert done.stdout.isascii()
    assert b"x truncated" in done.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX")
@pytest.mark.parametrize(("no_color", "coloured"), [("", True), ("1", False)])
def test_colour_on_a_terminal_unless_no_color(no_color: str, coloured: bool, tmp_path: Path) -> None:
    import pty

    path = tmp_path / "value"
    path.write_text(VALUE[:-80])
    ours, theirs = pty.openpty()
    environment = os.environ | {"NO_COLOR": no_color, "TERM": "xterm"}
    with subprocess.Popen(
        [sys.executable, "-m", "tui", "decode", str(path)],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=environment,
    ) as process:
        os.close(theirs)
        out = b""
        try:
            while chunk := os.read(ours, 65536):
                out += chunk
        except OSError:  # Linux ends a pseudo-terminal with an error
            pass
        os.close(ours)
        assert process.wait(30) == 1
    assert b"truncated" in out
    assert (b"\x1b[31m" in out) is coloured


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys; from tui.commands import decode; "
        "print([m for m in ('cryptography','OpenSSL','textual','msgspec','httpx') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, timeout=60)
    assert done.stdout.strip() == b"[]"


def test_hostile_names_never_reach_the_terminal() -> None:
    done = _decode(given=b'{"headers": {"Host": "x", "x-client-CERT": "CN=\\u001b]52;c;AA\\u0007"}}')
    assert b"\x1b" not in done.stdout
    assert b"\\x1b]52" in done.stdout
