"""Client snippets run as they stand, but for the address, against the lab, and do what they say."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from probes.diagnosis.snippets import snippets
from tests.clients.order import without_proxies
from tests.lab.fixture import RENEGOTIATES, RunningLab
from tests.peers.need import need

ADDRESS = "https://contoso.azurewebsites.net"
STATES: dict[str, dict[str, Any]] = {
    "wait-for-100": {"settings": RENEGOTIATES},
    "head-first": {"settings": RENEGOTIATES},
    "allow-renegotiation": {"settings": RENEGOTIATES},
    "cap-tls12": {"settings": RENEGOTIATES, "edge": {"renegotiating_edge": "no-certificate"}},
    "offer-pha": {"settings": RENEGOTIATES, "edge": {"renegotiating_edge": "post-handshake"}},
    "load-pfx": {},
}
"""For each task a lab in which the certificate does not get through without it."""
RUNNABLE = ("curl", "python", "node", "java", "go")
TABLE = [one for one in snippets().values() if one.task in STATES and one.language in RUNNABLE]


@pytest.fixture
def folder(edge: RunningLab, tmp_path: Path) -> Path:
    """A folder as the snippets expect it: client.pem, client.pfx and upload.bin."""
    shutil.copy(edge.ready.certificate, tmp_path / "client.pem")
    shutil.copy(edge.ready.pfx, tmp_path / "client.pfx")
    (tmp_path / "upload.bin").write_bytes(b"x" * 300_000)
    return tmp_path


def run_code(language: str, code: str, folder: Path, lab: RunningLab) -> subprocess.CompletedProcess[str]:
    code = code.replace(ADDRESS, lab.ready.front_end)
    # With a PFX that holds more than the leaf Node looks at no extra authorities of the environment.
    code = code.replace("{ pfx:", f"{{ ca: fs.readFileSync({json.dumps(lab.ready.ca)}), pfx:")
    name = {"curl": "run.sh", "python": "run.py", "node": "run.js", "java": "Run.java", "go": "run.go"}[language]
    (folder / name).write_text(code)
    trust = dict.fromkeys(
        ("CURL_CA_BUNDLE", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"), lab.ready.ca
    )
    env = {**without_proxies(), **trust, "CLIENT_PFX_PASSWORD": lab.ready.pfx_password}
    command = {
        "curl": lambda: [need("bash"), name],
        "python": lambda: [sys.executable, name],
        "node": lambda: [need("node"), name],
        "java": lambda: [need("java"), *_java_trust(lab, folder), name],
        "go": lambda: [need("go"), "run", name],
    }[language]()
    return subprocess.run(
        command, cwd=folder, env={**env, **_go_home(folder)}, capture_output=True, text=True, timeout=100, check=False
    )


def _go_home(folder: Path) -> Mapping[str, str]:
    cache = f"{folder.parent}/go-cache"
    return {
        "GO111MODULE": "off",
        "GOPROXY": "off",
        "GOCACHE": cache,
        "GOPATH": f"{folder}/go",
        "HOME": os.environ.get("HOME", "/"),
    }


def _java_trust(lab: RunningLab, folder: Path) -> list[str]:
    store = folder / "trust.p12"
    command = [need("keytool"), "-importcert", "-noprompt", "-alias", "lab", "-file", lab.ready.ca]
    command += ["-keystore", str(store), "-storetype", "PKCS12", "-storepass", "changeit"]
    subprocess.run(command, capture_output=True, timeout=60, check=True)
    return [f"-Djavax.net.ssl.trustStore={store}", "-Djavax.net.ssl.trustStorePassword=changeit"]


@pytest.mark.parametrize("one", TABLE, ids=lambda one: f"{one.task}-{one.language}")
def test_a_client_snippet_gets_the_certificate_through(edge: RunningLab, one: Any, folder: Path) -> None:
    edge.reset(**STATES[one.task])
    before = edge.seen()
    done = run_code(one.language, one.code, folder, edge)
    after = edge.seen()
    assert done.stdout.split() == ["200"], done.stderr[-1500:]
    assert after["reached_app"] > before["reached_app"]
    late = one.task != "load-pfx"
    assert (after["renegotiations"] - before["renegotiations"] == 1) is late


WITHOUT = {
    "wait-for-100": [
        ("curl", "Expect: 100-continue", "Expect:"),
        ("python", ", expect100=True", ""),
        ("java", ".expectContinue(true)", ""),
        ("go", 'request.Header.Set("Expect", "100-continue")', ""),
    ],
    "head-first": [("python", "session.head", "str"), ("node", 'send("HEAD")', "Promise.resolve()")],
    "cap-tls12": [("curl", "--tls-max 1.2", ""), ("python", "context.maximum_version", "context.note_of_ours"),
                  ("node", 'maxVersion: "TLSv1.2"', ""), ("go", "MaxVersion:    tls.VersionTLS12,", "")],
    "allow-renegotiation": [("go", "Renegotiation: tls.RenegotiateOnceAsClient,", "")],
    "offer-pha": [("python", "context.post_handshake_auth = True", "")],
}  # fmt: skip
CONTROLS = [(task, *change) for task, changes in WITHOUT.items() for change in changes]


@pytest.mark.parametrize(
    ("task", "language", "line", "other"), CONTROLS, ids=lambda value: value if len(value) < 20 else ""
)
def test_without_its_line_it_does_not(
    edge: RunningLab, folder: Path, task: str, language: str, line: str, other: str
) -> None:
    code = snippets()[task, language].code
    assert line in code
    code = code.replace(line, other)
    if language == "python":
        code = code.replace("context.note_of_ours = ssl.TLSVersion.TLSv1_2", "")
        code = code.replace('str("https://contoso.azurewebsites.net/upload", timeout=30)', "")
    edge.reset(**STATES[task])
    done = run_code(language, code, folder, edge)
    assert "200" not in done.stdout.split()
    assert edge.seen()["crashes"] == 0


def test_openssl_makes_a_pem_that_only_its_owner_can_read(edge: RunningLab, folder: Path) -> None:
    edge.reset()
    need("openssl")
    run_code("curl", snippets()["load-pfx", "openssl"].code, folder, edge)
    made = folder / "client-from-pfx.pem"
    assert made.stat().st_mode & 0o077 == 0
    made.replace(folder / "client.pem")
    code = snippets()["cap-tls12", "curl"].code
    assert run_code("curl", code, folder, edge).stdout.split() == ["200"]
