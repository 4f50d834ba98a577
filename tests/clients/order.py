"""What a real client is told to do, and what it then says; the same for every client."""

import json
import os
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Literal

from probes.lab.ready import LabReady


@dataclass(frozen=True, kw_only=True)
class Order:
    """One POST of ``size`` bytes to ``url``, with what the client must be told for it.

    ``expect`` asks for the header ``Expect: 100-continue`` in the client's own way. ``tls`` caps the version.
    ``head_first`` sends a HEAD before it in the way in which the client reuses connections. ``seconds`` limits all.
    """

    url: str
    size: int = 2000
    expect: bool = False
    tls: Literal["1.2", "1.3"] = "1.2"
    head_first: bool = False
    ca: str
    certificate: str
    pfx: str
    pfx_password: str
    seconds: float = 20.0


@dataclass(frozen=True)
class Got:
    """The status that the client reports, or None with its own complaint in ``error``."""

    status: int | None
    error: str = ""


Send = Callable[[Order], Got]


def order_for(ready: LabReady, *, url: str | None = None, **more: object) -> Order:
    """Return an order with the lab's certificates, for the lab's upload path when no ``url`` is given."""
    return Order(
        url=url or f"{ready.front_end}{ready.upload_path}",
        ca=ready.ca,
        certificate=ready.certificate,
        pfx=ready.pfx,
        pfx_password=ready.pfx_password,
        **more,  # type: ignore[arg-type]
    )


def without_proxies() -> dict[str, str]:
    """Return the environment without proxies: everything here is on loopback."""
    return {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}


def run_program(command: Sequence[str], order: Order, env: Mapping[str, str] | None = None) -> Got:
    """Run a client program with the order as JSON on its standard input; it prints ``{"status", "error"}``."""
    try:
        done = subprocess.run(
            list(command),
            input=json.dumps(asdict(order)),
            capture_output=True,
            text=True,
            timeout=order.seconds + 20,
            env={**without_proxies(), **(env or {})},
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Got(None, "the program did not end")
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    assert lines, f"{command[0]} printed nothing to read: {done.stdout[-300:]} {done.stderr[-1500:]}"
    said = json.loads(lines[-1])
    return Got(said["status"], said["error"] or "")
