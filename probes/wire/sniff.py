"""Recognises a peer that speaks another protocol by its first bytes."""

from probes.model import Value


class Foreign(Value, frozen=True, kw_only=True):
    """Another protocol than the one that was spoken to the port."""

    kind: str
    message: str


def sniff(first: bytes, *, secure: bool) -> Foreign | None:
    """Return what the peer speaks when its first bytes cannot be TLS (``secure``) or HTTP (otherwise).

    A TLS record begins with its content type 20 to 23 and version 3 (RFC 8446 section 5.1), an SSH server with
    ``SSH-`` (RFC 4253 section 4.2).
    """
    if first.startswith(b"SSH-"):
        return Foreign(kind="ssh", message="The port belongs to an SSH server. Check the port of the target.")
    if secure:
        if first.startswith(b"HTTP/"):
            return Foreign(
                kind="plain-http", message="The port speaks plain HTTP, not TLS. Use http:// or another port."
            )
        if first and first[0] not in (20, 21, 22, 23):
            return Foreign(
                kind="not-tls", message=f"The port does not speak TLS; its first bytes are {first[:8].hex()}."
            )
        return None
    if len(first) >= 2 and first[0] in (21, 22) and first[1] == 3:
        return Foreign(kind="tls-on-http", message="The port speaks TLS, not plain HTTP. Use https://.")
    if first[:5] != b"HTTP/"[: len(first)]:
        return Foreign(kind="not-http", message=f"The port does not speak HTTP; it says {first[:8].hex()}.")
    return None
