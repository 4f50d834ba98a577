"""One example: a state of the lab and the call of ``diagnose`` that is made against it; data only."""

from typing import Any, Literal

import msgspec

from probes.lab.change import changed
from probes.lab.state import LabState

Read = Literal["file", "arm", "none"]
Origin = Literal["front_end", "http", "refusing"]
Sent = Literal[
    "none", "certificate", "public", "from_root", "expired", "not_yet_valid", "no_client_auth", "weak", "self_signed",
    "foreign",
]  # fmt: skip
"""The client certificate that is given, by the name of the lab's file; ``public`` is one without its key."""
UPLOAD = "/mtls-triage-example"
"""Where the uploads go, below the target's path; nothing is served there."""
FUNCTION_KEY = "lab-function-key"


class Example(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What is drawn.

    ``state`` is merged into the lab's default state. ``read`` is where the settings are read from, if at all.
    ``own_tls`` and ``own_ciphers`` are what the user's client speaks, ``client`` which one it is (``--as``).
    ``trusted`` is whether the lab's authority is given; ``machine_trusts_proxy`` whether this machine's store holds
    that of the proxy on the way. ``key`` is whether a Functions key is sent along. ``size`` is the large body's, in
    bytes.
    """

    state: dict[str, Any] = msgspec.field(default_factory=dict)
    origin: Origin = "front_end"
    path: str = "/"
    sent: Sent = "certificate"
    client: str | None = None
    own_tls: Literal["free", "1.2"] = "free"
    own_ciphers: str | None = None
    read: Read = "file"
    debug: bool = True
    symptom: str = "unknown"
    size: int = 307_200
    trusted: bool = True
    insecure: bool = False
    machine_trusts_proxy: bool = False
    key: bool = False
    forgery: bool = False
    prompted: str | None = None

    @property
    def lab(self) -> LabState:
        """The whole state of the lab."""
        return changed(LabState(), self.state)

    @property
    def https(self) -> bool:
        """Whether the target is an https address."""
        return self.origin != "http"

    def options(self, ready: dict[str, Any]) -> list[str]:
        """Return the options of the call, with the files of a lab that runs."""
        found = ["--upload-path", self.path.rstrip("/") + UPLOAD, "--large-bytes", str(self.size)]
        found += ["--symptom", self.symptom, "--timeout", "8", "--parallel", "4"]
        pairs = {
            "--ca": ready["ca"] if self.trusted else None,
            "--cert": None if self.sent == "none" else ready[self.sent],
            "--as": self.client,
            "--own-tls": None if self.own_tls == "free" else self.own_tls,
            "--own-ciphers": self.own_ciphers,
            "--debug-path": "/debug/headers" if self.debug else None,
            "--config": ready["config"] if self.read == "file" else None,
            "--arm-endpoint": ready["arm"] if self.read == "arm" else None,
            "--authority": ready["entra"] if self.read == "arm" else None,
            "--header": f"x-functions-key: {FUNCTION_KEY}" if self.key else None,
            "--answer": f"prompted={self.prompted}" if self.prompted else None,
        }
        found += [word for name, value in pairs.items() if value is not None for word in (name, value)]
        found += ["--insecure"] if self.insecure else []
        return found + (["--check-forgery"] if self.forgery else [])

    def environment(self, ready: dict[str, Any]) -> dict[str, str]:
        """Return what stands in the environment of the call."""
        found = {} if self.read != "arm" else {
            "AZURE_TENANT_ID": ready["azure_tenant_id"],
            "AZURE_CLIENT_ID": ready["azure_client_id"],
            "AZURE_CLIENT_SECRET": ready["azure_client_secret"],
        }  # fmt: skip
        return found | ({"SSL_CERT_FILE": ready["foreign_ca"]} if self.machine_trusts_proxy else {})

    def __repr__(self) -> str:
        """Return the call that makes this example again, without what is as by default."""
        parts = ", ".join(f"{name}={value!r}" for name, value in msgspec.to_builtins(self).items())
        return f"Example({parts})"
