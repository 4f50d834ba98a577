"""What the first answers change about the probes that are still to be sent."""

from collections.abc import Sequence

import msgspec

from probes.model import Observation, Probe

_NOBODY = frozenset({"dns-failure", "connect-failure", "proxy-failure"})


def hopeless(observations: Sequence[Observation]) -> str | None:
    """Return why nothing more needs to be sent: nobody answers, or nobody is trusted; None when more makes sense."""
    told = [one for one in observations if one.outcome not in ("not-run", "cancelled")]
    if not told:
        return None
    if all(one.outcome in _NOBODY or _silent(one) for one in told):
        return "nobody answers at the target"
    secure = [one for one in told if one.tls is not None]
    if secure and all(one.error is not None and one.error.kind == "server-not-verified" for one in secure):
        return "the server's certificate does not verify, and an unverified server gets no client certificate"
    if all(one.outcome == "protocol-error" and one.tls is not None and one.tls.version is None for one in told):
        return "the port does not speak TLS"
    if secure and all(one.outcome == "tls-failure" for one in secure) and any(map(_unsafe, secure)):
        return "the server does not know secure renegotiation, and OpenSSL refuses to go on with it"
    return None


def _unsafe(observation: Observation) -> bool:
    return observation.tls is not None and observation.tls.secure_renegotiation is False


def _silent(observation: Observation) -> bool:
    return observation.outcome == "timeout" and observation.awaiting in ("connect", "handshake")


def adapted(probe: Probe, observations: Sequence[Observation]) -> Probe:
    """Return the probe with TLS left free where the server has refused TLS 1.2 and answered another version.

    What is sent as a client sends it stays so: that its version is refused is what the client meets.
    """
    if probe.tls != "1.2" or probe.persona is not None:
        return probe
    ended = [one for one in observations if one.probe.origin == probe.origin and one.tls is not None]
    refused = any(one.probe.tls == "1.2" and _refused_version(one) for one in ended)
    answered = any(one.probe.tls in ("free", "1.3") and one.outcome == "response" for one in ended)
    return msgspec.structs.replace(probe, tls="free") if refused and answered else probe


def _refused_version(observation: Observation) -> bool:
    tls = observation.tls
    if observation.outcome != "tls-failure" or tls is None:
        return False
    # A server can know RFC 5746 no more than TLS 1.2, and still speak TLS 1.3, which does not need it.
    return tls.version is None or tls.secure_renegotiation is False
