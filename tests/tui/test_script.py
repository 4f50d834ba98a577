"""``script`` and ``read``: what the customer's own curl says leads to the verdict that our own probes lead to."""

import os
import subprocess
from pathlib import Path

import msgspec
import pytest

from probes.model import Case
from tests.loops.served import diagnose, run, serve
from tests.peers.need import need

SECRET = "s3cr3t-function-key"


def answers(ready: dict[str, object], script: str, folder: Path, **more: str) -> Path:
    """Run a script as the customer would, and return the file that he sends back."""
    need("curl")
    (folder / "script.sh").write_text(script)
    env = {"PATH": os.environ["PATH"], "TMPDIR": str(folder), "MTLS_CA": str(ready["ca"]), **more}
    done = subprocess.run(
        [need("bash"), str(folder / "script.sh")], capture_output=True, timeout=90, env=env, check=False
    )
    assert done.stderr == b""
    (folder / "answers.txt").write_bytes(done.stdout)
    assert [entry.name for entry in folder.iterdir() if entry.name.startswith("tmp.")] == []
    return folder / "answers.txt"


def case_of(file: Path, *options: str) -> Case:
    ended = run("read", str(file), "--json", *options)
    assert ended.returncode == 0, ended.stderr
    return msgspec.json.decode(ended.stdout.encode(), type=Case)


SAME = [
    "healthy-required",
    "large-body-renegotiation",
    "client-certs-disabled",
    "path-excluded",
    "header-parsed-as-pem",
    "renegotiation-impossible-tls13",
]


@pytest.mark.parametrize("scenario", SAME)
def test_the_customers_curl_leads_to_the_same_verdict(scenario: str, tmp_path: Path) -> None:
    with serve(scenario) as ready:
        written = run("script", ready["target"], *ready["options"])
        assert written.returncode == 0, written.stderr
        file = answers(ready, written.stdout, tmp_path, MTLS_CERT=ready["certificate"])
        case = case_of(file, "--config", ready["config"])
    assert case.verdict is not None
    assert case.verdict.finding == scenario.replace("healthy-required", "healthy")
    assert {seen.tls.seen_by for seen in case.observations if seen.tls} == {"curl-trace"}


def test_whoever_writes_the_script_needs_no_certificate(tmp_path: Path) -> None:
    with serve("large-body-renegotiation") as ready:
        written = run("script", ready["target"], "--ca", ready["ca"]).stdout
        case = case_of(answers(ready, written, tmp_path, MTLS_CERT=ready["certificate"]))
        assert case.verdict is not None
        assert case.verdict.finding == "large-body-renegotiation"


def test_without_a_certificate_nothing_is_claimed_of_one(tmp_path: Path) -> None:
    with serve("healthy-required") as ready:
        written = run("script", ready["target"], "--ca", ready["ca"]).stdout
        case = case_of(answers(ready, written, tmp_path))
    assert case.credential.kind == "none"
    assert {seen.probe.identity for seen in case.observations} == {"none"}
    assert case.verdict is not None
    assert case.verdict.finding in ("inconclusive", "certificate-missing")


def test_a_pfx_and_its_pass_phrase_come_from_the_environment(tmp_path: Path) -> None:
    with serve("healthy-required") as ready:
        written = run("script", ready["target"], "--ca", ready["ca"]).stdout
        more = {"MTLS_CERT": ready["pfx"], "MTLS_CERT_TYPE": "P12", "MTLS_PASS": ready["pfx_password"]}
        file = answers(ready, written, tmp_path, **more)
        assert ready["pfx_password"] not in file.read_text()
        case = case_of(file)
    assert any(seen.tls and seen.tls.certificate_sent == "yes" for seen in case.observations)


def test_no_secret_is_in_script_or_answers(tmp_path: Path) -> None:
    with serve("healthy-required") as ready:
        target = f"{ready['target']}?code={SECRET}"
        written = run("script", target, *ready["options"], "--header", f"X-Own: {SECRET}").stdout
        assert SECRET not in written
        headers = tmp_path.parent / f"{tmp_path.name}-headers"
        headers.write_text(f"Authorization: Bearer {SECRET}\nX-Own: {SECRET}\n")
        more = {"MTLS_CERT": ready["certificate"], "MTLS_HEADERS": str(headers), "MTLS_SECRET": SECRET}
        before = diagnose(f"lab:{'healthy-required'}")["verdict"]["finding"]
        text = answers(ready, written, tmp_path, **more).read_text()
    assert before == "healthy"
    assert SECRET not in text
    assert "BEGIN" not in written
    assert "> X-Own: [left out]" in text
    assert "GET /?code=[redacted]" in text


def test_what_curl_cannot_send_is_named() -> None:
    written = run("script", "https://example.invalid/", "--as", "postman").stdout
    assert "# get-throwaway: needs a certificate" in written
    assert "# post-large-header-only: curl waits" in written
    assert "as-postman-large: " in written
    assert subprocess.run([need("bash"), "-n"], input=written, text=True, timeout=20, check=False).returncode == 0


def test_the_powershell_script_has_the_same_calls() -> None:
    shells = {
        shell: run("script", "https://example.invalid/it's", "--shell", shell) for shell in ("bash", "powershell")
    }
    calls = {
        "bash": [line for line in shells["bash"].stdout.splitlines() if line.startswith("probe '")],
        "powershell": [line for line in shells["powershell"].stdout.splitlines() if line.startswith("Probe '")],
    }
    assert len(calls["bash"]) == len(calls["powershell"]) > 10
    for line in calls["powershell"]:
        assert line.count("'") % 2 == 0
        assert "it''s" in line or '"get-root"' in line


def test_a_pasted_trace_is_enough_to_be_read(tmp_path: Path) -> None:
    with serve("large-body-renegotiation") as ready:
        (tmp_path / "up").write_bytes(b"x" * 300_000)
        given = ["--cacert", ready["ca"], "--cert", ready["certificate"]]
        command = [
            need("curl"),
            "-q",
            "-v",
            *given,
            "-H",
            "Expect:",
            "--data-binary",
            f"@{tmp_path}/up",
            ready["target"],
        ]
        done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    (tmp_path / "trace.txt").write_text(done.stderr + done.stdout)
    case = case_of(tmp_path / "trace.txt")
    assert [seen.status for seen in case.observations] == [403]
    assert case.observations[0].judged.reached_app == "no"
    assert case.verdict is not None
    assert case.verdict.finding == "inconclusive"


def test_windows_powershell_writes_utf_16(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(
        "* Could not resolve host: nowhere.example\r\n> GET / HTTP/1.1\r\n".encode("utf-16")
    )
    assert case_of(tmp_path / "a.txt").observations[0].outcome == "dns-failure"


@pytest.mark.parametrize("text", ["", "hello\nworld\n", "=== mtls-triage run {]\n"])
def test_what_is_neither_is_one_clear_line(text: str, tmp_path: Path) -> None:
    (tmp_path / "x").write_text(text)
    ended = run("read", str(tmp_path / "x"))
    assert ended.returncode == 2
    assert len(ended.stderr.splitlines()) == 1
    assert run("read", str(tmp_path / "missing")).returncode == 2
