"""Sends one of our own probes to a peer, and puts what it saw into the same terms as what ``curl -v`` saw."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from probes.model import Identity, Observation, Probe, TlsFacts
from probes.wire.contexts import ClientIdentity
from probes.wire.engine import Engine, EngineSettings, Seen
from probes.wire.trust import Trust
from tests.peers.certs import Holder, Pki
from tests.peers.curltrace import CurlTrace

# RFC 8446 section 6 and RFC 5246 section 7.2; written down here so that our own table is not its own judge.
ALERTS = {
    40: "handshake_failure",
    42: "bad_certificate",
    43: "unsupported_certificate",
    45: "certificate_expired",
    48: "unknown_ca",
    70: "protocol_version",
    100: "no_renegotiation",
    116: "certificate_required",
}


@dataclass(frozen=True)
class _Credential:
    leaf: x509.Certificate
    chain: tuple[x509.Certificate, ...]
    key: PrivateKeyTypes | None


def credential(holder: Holder) -> ClientIdentity:
    """Return the client certificate in the form in which the engine takes it."""
    leaf = x509.load_pem_x509_certificate(holder.certificate.read_bytes())
    return _Credential(leaf, (), load_pem_private_key(holder.key.read_bytes(), None))


def observe(
    pki: Pki,
    port: int,
    path: str,
    *,
    holder: Holder | None = None,
    settings: Mapping[str, Any] | None = None,
    **probe: Any,
) -> Seen:
    """Send one probe to ``https://localhost:port`` + ``path``, with ``holder`` as the given certificate.

    ``settings`` are fields of EngineSettings, ``probe`` fields of Probe. Only the CA of ``pki`` is trusted.
    """
    identity: Identity = "given" if holder else "none"
    sent = Probe(
        id="p", question="q", origin=f"https://localhost:{port}", path=path, **{"identity": identity, **probe}
    )
    identities: dict[Identity, ClientIdentity] = {"given": credential(holder)} if holder else {}
    trust = Trust((x509.load_pem_x509_certificate(pki.ca.read_bytes()),), system=(), public=())

    async def run() -> Seen:
        chosen = {"run_id": "run", "timeout_s": 15.0, **(settings or {})}
        async with Engine(EngineSettings(**chosen), trust, identities) as engine:
            return await engine.observe(sent, "o1")

    return asyncio.run(run())


def tls_of(observation: Observation) -> TlsFacts:
    """Return the TLS facts, which every probe over https has once its connection stands."""
    assert observation.tls is not None
    return observation.tls


def summary(observation: Observation) -> dict[str, object]:
    """Return what we saw, in the terms in which :func:`curl_summary` says what curl saw."""
    tls = tls_of(observation)
    return {
        "status": observation.status,
        "version": tls.version,
        "alpn": tls.alpn,
        "certificate_request": tls.certificate_request,
        "certificate_sent": tls.certificate_sent,
        "alerts": [alert.name for alert in tls.alerts if alert.name != "close_notify"],
        "continued": any(exchange.continue_.state == "received" for exchange in observation.exchanges),
    }


def curl_summary(trace: CurlTrace) -> dict[str, object]:
    """Return what curl saw."""
    return {
        "status": trace.status,
        "version": trace.version,
        "alpn": trace.alpn,
        "certificate_request": trace.certificate_request,
        "certificate_sent": "yes" if trace.certificate_sent else "no",
        "alerts": [ALERTS.get(alert.code, str(alert.code)) for alert in trace.alerts],
        "continued": trace.continued,
    }
