"""What a curl command would do, as a value; its secrets are in it and never in its representation."""

from probes.model import HttpChoice, TlsChoice, Value
from probes.model.probe import OwnExpect


class BodySize(Value, frozen=True, kw_only=True):
    """The size of the body in bytes; None when it is not known here, for the reason in ``why``."""

    size: int | None
    why: str = ""


class CurlCall(Value, frozen=True, kw_only=True):
    """One transfer of a curl command.

    ``url`` is None when the command has none. ``own_expect`` is ``always`` after ``-H 'Expect: 100-continue'`` and
    ``never`` after ``-H 'Expect:'``. ``headers`` are the caller's own without Expect; their values, ``user``
    (as ``name:password``), ``phrase`` (of the private key) and ``proxy`` are secrets. ``tls`` is the one version that
    its flags leave, else free. ``connect_to`` is ``host:port``. ``not_honoured`` says in words what the probes will
    not do, by the names of the options and never by their values.
    """

    url: str | None = None
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = ()
    own_expect: OwnExpect = "client"
    body: BodySize | None = None
    cert: str | None = None
    key: str | None = None
    phrase: str | None = None
    ca: str | None = None
    insecure: bool = False
    http: HttpChoice = "free"
    tls: TlsChoice = "free"
    ciphers: str | None = None
    connect_to: str | None = None
    proxy: str | None = None
    not_honoured: tuple[str, ...] = ()

    def __repr__(self) -> str:
        """Show nothing that could be a secret."""
        size = None if self.body is None else self.body.size
        return f"<CurlCall {self.method} body={size} tls={self.tls} http={self.http}>"
