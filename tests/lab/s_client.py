"""Calls ``openssl s_client``, which prints every handshake message it sees."""

import subprocess

import msgspec

from tests.lab.fixture import RunningLab
from tests.peers.need import need


class Dialled(msgspec.Struct, kw_only=True):
    """What s_client printed, both streams, and its exit status."""

    exit: int
    text: str

    def messages(self, direction: str) -> list[str]:
        """Return the handshake messages and alerts in order; ``direction`` is ``<<<`` (in) or ``>>>`` (out)."""
        lines = [line for line in self.text.splitlines() if line.startswith(direction)]
        return [line.rpartition(", ")[2] for line in lines if "Handshake" in line or "Alert" in line]


def s_client(
    lab: RunningLab, path: str, *options: str, certificate: str | None = "certificate", method: str = "GET"
) -> Dialled:
    """Send one request through s_client with ``-msg``."""
    port = lab.ready.front_end.rpartition(":")[2]
    command = [need("openssl"), "s_client", "-connect", f"localhost:{port}", "-msg", "-CAfile", lab.ready.ca]
    if certificate:
        given = getattr(lab.ready, certificate)
        command += ["-cert", given, "-key", given, "-cert_chain", given]
    request = f"{method} {path} HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n\r\n".encode()
    done = subprocess.run([*command, "-ign_eof", *options], input=request, capture_output=True, timeout=60)
    return Dialled(exit=done.returncode, text=(done.stdout + done.stderr).decode("utf-8", "replace"))
