"""curl, as people call it."""

import subprocess
import tempfile
from pathlib import Path

from tests.clients.order import Got, Order, without_proxies
from tests.peers.need import need


def by_curl(order: Order) -> Got:
    common = ["--cacert", order.ca, "--cert", order.certificate, "--tls-max", order.tls, "--http1.1"]
    say = ["--output", "/dev/null", "--write-out", "%{http_code}\n"]
    command = [need("curl"), "--disable", "--silent", "--show-error", "--max-time", f"{order.seconds:g}"]
    with tempfile.TemporaryDirectory() as folder:
        body = Path(folder) / "body"
        body.write_bytes(b"x" * order.size)
        if order.head_first:
            command += [*common, *say, "--head", order.url, "--next", "--silent", "--show-error"]
        command += [*common, *say, *(["-H", "Expect: 100-continue"] if order.expect else [])]
        done = subprocess.run(
            [*command, "--data-binary", f"@{body}", order.url],
            capture_output=True,
            text=True,
            env=without_proxies(),
            timeout=order.seconds + 10,
            check=False,
        )
    status = int(done.stdout.split()[-1]) if done.stdout.split() else 0
    return Got(status or None, done.stderr.strip())
