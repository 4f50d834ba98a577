"""The curl command that a probe hands on does what the probe did: run with the real curl against the lab."""

import re
import shlex
import subprocess
from pathlib import Path

import pytest

from probes.lab.child import LabProcess
from probes.model import Probe
from probes.triage import Triage
from tests.peers.need import need
from tui import curl_text
from tui.commands.options import parse_options
from tui.request import triage_request

PROBES = ("get-none", "get-12", "post-small", "post-large", "post-large-wait", "post-large-head-first", "get-own")


def probe(**more: object) -> Probe:
    fields: dict[str, object] = {"id": "x", "question": "?", "origin": "https://host.example:443", "path": "/a b'c"}
    return Probe(**(fields | more))  # type: ignore[arg-type]


@pytest.mark.peer("curl")
async def test_curl_gets_the_status_that_the_probe_got(tmp_path: Path) -> None:
    need("curl")
    async with LabProcess.start("large-body-renegotiation") as lab:
        request = triage_request(lab.ready.target, parse_options(list(lab.ready.options)))
        triage = Triage(request)
        async for _ in triage.run():
            pass
        (tmp_path / "client.pem").write_bytes(Path(lab.ready.certificate).read_bytes())
        (tmp_path / "ca.pem").write_bytes(Path(lab.ready.ca).read_bytes())
        seen = {made.probe.id: made for made in triage.case.observations}
        for name in PROBES:
            made = seen[name]
            command = curl_text.of(made)
            done = subprocess.run(["bash", "-c", command], cwd=tmp_path, capture_output=True, timeout=30, check=False)
            statuses = re.findall(rb"HTTP/[\d.]+ (\d{3})", done.stdout)
            final = [int(status) for status in statuses if status != b"100"]
            assert final, f"{name}: {command}\n{done.stderr.decode()}"
            assert final[-1] == made.status, f"{name}: {command}"
            assert (b"100" in statuses) == (made.probe.expect == "wait"), name


def test_what_comes_from_outside_is_one_word_in_the_shell() -> None:
    command = curl_text.command(probe(path="/a'; rm -rf $HOME;'", via="http://proxy:1/$(x)", connect_to="a b:1"))
    words = shlex.split(command.replace("\\\n", " "))
    assert words[-1] == "https://host.example/a'; rm -rf $HOME;'"
    assert "http://proxy:1/$(x)" in words
    assert "::a b:1" in words


def test_every_choice_of_a_probe_has_its_option() -> None:
    assert "--tlsv1.3 --tls-max 1.3" in curl_text.command(probe(tls="1.3"))
    assert "SECLEVEL=0" in curl_text.command(probe(tls="1.0"))
    assert "--http2" in curl_text.command(probe(http="2"))
    assert "--cert" not in curl_text.command(probe(identity="given", origin="http://host.example:80"))
    assert "--request PUT" in curl_text.command(probe(method="PUT", body_bytes=5))
    assert curl_text.command(probe(method="PUT", body_bytes=5)).startswith("head -c 5 /dev/zero | curl")
    assert "--insecure" in curl_text.command(probe(), insecure=True)
    assert "--cacert ca.pem" in curl_text.command(probe(), trusted_by="given")
    assert any("refused" in words for words in curl_text.limits(probe(renegotiate=False)))
