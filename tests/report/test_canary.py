"""Secrets planted wherever they can enter; every byte that the tool wrote is searched for them."""

import base64
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

from tests.peers.certs import Pki, make_pki
from tests.report.mirror import mirror

HEADER, BEARER, FROM_ENV, COOKIE = "hdr-Zq81canary", "brr.Zq82+canary/=", "env-Zq83canary", "ck-Zq84canary"
CODE, SIGNATURE, PHRASE = "cod-Zq85canary==", "sig+Zq86/canary", "phr Zq87 canary"
PROXY, OTHER_ENV, IN_CERTIFICATE = "prx-Zq88canary", "oth-Zq89canary", "crt-Zq90canary"
PLANTED = (HEADER, BEARER, FROM_ENV, COOKIE, CODE, SIGNATURE, PHRASE, PROXY, OTHER_ENV, IN_CERTIFICATE)
# Runs a command with every library's log at the debug level, in a file of the working folder.
WITH_LOG = (
    "import logging, sys\n"
    "logging.basicConfig(level=1, filename='debug.log')\n"
    "sys.argv = ['mtls-triage', *sys.argv[1:]]\n"
    "from tui.cli import main\nmain()\n"
)
CRASH = (
    "import sys\nimport probes.wire.http as http\n"
    "import probes.wire.exchange as exchange\n"
    "def fail(self, *args, **more):\n    raise RuntimeError(repr(args) + repr(more) + repr(vars(self)))\n"
    "exchange.ExchangeRun.__init__ = fail\n"
    "sys.argv = ['mtls-triage', *sys.argv[1:]]\n"
    "from tui.cli import main\nmain()\n"
)


@dataclass
class Place:
    """Where the commands run: everything that they write lies in ``folder``."""

    folder: Path
    origin: str
    pki: Pki
    pfx: Path
    key: str
    said: list[bytes]

    def run(self, *words: str, code: str = WITH_LOG, environment: dict[str, str] | None = None) -> int:
        home = str(self.folder)
        ended = subprocess.run(
            [sys.executable, "-c", code, *words],
            cwd=self.folder,
            capture_output=True,
            stdin=subprocess.DEVNULL,
            timeout=100,
            check=False,
            env={
                **os.environ,
                "HOME": home,
                "TMPDIR": home,
                "XDG_CACHE_HOME": home,
                "MTLS_TRIAGE_CASES": str(self.folder / "cases"),
                "PYTHONPATH": os.pathsep.join((os.getcwd(), os.environ.get("PYTHONPATH", ""))),
                "PHRASE": PHRASE,
                "HEADER": FROM_ENV,
                "AZURE_CLIENT_SECRET": OTHER_ENV,
                **(environment or {}),
            },
        )
        self.said += [ended.stdout, ended.stderr]
        return ended.returncode

    def secrets(self) -> list[str]:
        """The secrets in the forms that they take on their way, and the lines of the private key."""
        forms = {form for one in PLANTED for form in (one, quote(one, safe=""), quote(one))}
        # The forwarded certificate itself is evidence and stays whole; what is read out of it gives no key away.
        encoded = [one for one in PLANTED if one != IN_CERTIFICATE]
        forms |= {base64.b64encode(one.encode()).decode().rstrip("=")[:-1] for one in encoded}
        return sorted(forms | set(self.key.splitlines()[1:-1]))

    def found(self) -> list[str]:
        """The secrets that stand in anything that was written, and where."""
        inputs = {self.pfx, *self.pki.folder.iterdir()}
        files = [file for file in self.folder.rglob("*") if file.is_file() and file not in inputs]
        texts = [(str(file), file.read_bytes()) for file in files]
        texts += [(f"output {place}", text) for place, text in enumerate(self.said)]
        return [f"{form} in {name}" for name, text in texts for form in self.secrets() if form.encode() in text]


def pfx_with_a_secret(file: Path) -> tuple[str, bytes]:
    """Write a PFX whose certificate carries addresses with keys in its fields; return key and certificate as PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    address = f"https://vault.example/x?code={IN_CERTIFICATE}"
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"https://client.example/?sig={IN_CERTIFICATE}")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=9))
        .add_extension(x509.SubjectAlternativeName([x509.UniformResourceIdentifier(address)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    closed = serialization.BestAvailableEncryption(PHRASE.encode())
    file.write_bytes(pkcs12.serialize_key_and_certificates(b"c", key, made, None, closed))
    shape = serialization.PrivateFormat.PKCS8
    private = key.private_bytes(serialization.Encoding.PEM, shape, serialization.NoEncryption()).decode()
    return private, made.public_bytes(serialization.Encoding.PEM)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    (tmp_path / "pki").mkdir()
    pki = make_pki(tmp_path / "pki")
    pfx = tmp_path / "client.pfx"
    key, certificate = pfx_with_a_secret(pfx)
    with mirror(pki, certificate) as origin:
        yield Place(tmp_path, origin, pki, pfx, key, [])


def words(place: Place, path: str = "/crash", *, certificate: bool = True) -> list[str]:
    given = ["--cert", str(place.pfx), "--cert-password-env", "PHRASE"] if certificate else []
    return [
        f"{place.origin}{path}?code={quote(CODE)}&sig={quote(SIGNATURE, safe='')}",
        *("--ca", str(place.pki.ca), *given),
        *("--header", f"X-Custom: {HEADER}", "--header", f"Authorization: Bearer {BEARER}"),
        *("--header-env", "X-Other=HEADER", "--header", f"Cookie: sid={COOKIE}"),
        *("--debug-path", f"{path}?code={quote(CODE)}", "--timeout", "10"),
    ]


@pytest.mark.parametrize("path", ["/crash", "/json", "/text"])
def test_a_run_its_case_and_every_report_hold_no_secret(place: Place, path: str) -> None:
    case = place.folder / "case.jsonl"
    assert place.run("diagnose", *words(place, path), "--save", str(case), "--keylog", "keys.txt") in (0, 1, 3)
    assert case.read_bytes().count(b'"type":"observation"') > 10
    for form in ("--json", "--markdown", "--html", "--junit"):
        for audience in ("team", "customer", "public"):
            assert place.run("report", str(case), form, "--audience", audience) == 0
    assert place.run("report", str(case), "--html", "--no-redact", "-o", "r.html") == 0
    assert place.run("report", str(case)) == 0
    assert place.run("compare", str(case), str(case)) == 0
    assert b"CLIENT_" in (place.folder / "keys.txt").read_bytes()
    assert (place.folder / "debug.log").exists()
    assert place.found() == []


def test_the_other_commands_hold_no_secret(place: Place) -> None:
    for more in ([], ["--json"]):
        assert place.run("diagnose", *words(place), "--dry-run", *more) == 0
    for form in ("--json", "--markdown", "--html", "--junit"):
        assert place.run("diagnose", *words(place), form, "--no-redact", "--symptom", "always-403") in (0, 1, 3)
    assert place.run("threshold", *words(place), "--max-bytes", "4096", "--json") in (0, 1, 3)
    assert place.found() == []


def test_faults_hold_no_secret(place: Place) -> None:
    proxy, agreed = f"http://user:{PROXY}@127.0.0.1:9", ("--allow-uploads",)
    assert place.run("diagnose", *words(place), *agreed, "--proxy", proxy, "--json") in (1, 3)
    assert place.run("diagnose", *words(place), *agreed, environment={"HTTPS_PROXY": proxy}) in (0, 1, 3)
    wrong = {"PHRASE": f"{PHRASE} and more"}
    assert place.run("diagnose", *words(place), environment=wrong) == 2
    assert place.run("diagnose", *words(place), "--header", f"Bad Name: {HEADER}") == 2
    assert place.run("diagnose", *words(place), "--header", f"no colon {HEADER}") == 2
    assert place.run("diagnose", *words(place), "--keylog", "no/such/folder/keys") == 2
    assert place.run("diagnose", f"https://user:{HEADER}@localhost/") == 2
    assert place.found() == []


def test_a_fault_of_the_tool_itself_holds_no_secret(place: Place) -> None:
    assert place.run("diagnose", *words(place), "--json", code=CRASH) in (1, 2, 3)
    assert b"RuntimeError" in b"".join(place.said)
    assert place.found() == []


def test_the_search_finds_what_is_there(place: Place) -> None:
    (place.folder / "leak.txt").write_text(f"token={HEADER}")
    assert len(place.found()) == 1
