"""The lab's Azure as servers: ARM and sign-in over HTTPS, the managed identity endpoint over HTTP, and their log."""

from collections.abc import Awaitable, Callable

from OpenSSL import SSL, crypto

from probes.lab.acceptor import Acceptor
from probes.lab.arm import Arm
from probes.lab.azure_faults import Faults
from probes.lab.azure_http import AzureRequest, Reply, serve
from probes.lab.azure_state import Service
from probes.lab.entra import Entra, Secrets
from probes.lab.entra_identity import PATH, ManagedIdentity
from probes.lab.entra_tokens import Tokens
from probes.lab.pki import Pki
from probes.lab.site import AzureCall, Site
from probes.lab.state import Faults as EdgeFaults
from probes.lab.streams import PlainStream, TlsStream
from probes.lab.tls_server import TlsServer
from probes.lab.wire import Wire
from probes.printable import printable

Answer = Callable[[AzureRequest], Awaitable[Reply]]


class AzureServers:
    """Everything of Azure that one lab has. Ports are 0 before ``start``.

    It keeps the certificate of localhost whatever certificate the edge shows: the faults of the edge are not those of
    Azure.
    """

    def __init__(self, site: Site) -> None:
        self._site = site
        # The edge's faults must not reach Azure, which has its own.
        self._acceptor = Acceptor(site.seen, EdgeFaults)
        self._context = _context(site.pki)
        self.secrets = Secrets()
        self.arm = ""
        self.entra = ""
        self.identity = ""

    def start(self) -> None:
        """Listen. Raises MtlsTriageError when no port is free."""
        tokens, faults, site = Tokens(), Faults(), self._site
        entra = Entra(site, tokens, faults, self.secrets)
        self.entra = f"https://localhost:{self._listen('entra', entra.answer)}"
        arm = Arm(site, tokens, faults, self.entra)
        self.arm = f"https://localhost:{self._listen('arm', arm.answer)}"
        identity = ManagedIdentity(site, tokens, faults, self.secrets.identity_header)
        self.identity = f"http://127.0.0.1:{self._listen('identity', identity.answer)}{PATH}"

    async def stop(self) -> None:
        """Stop listening and drop every connection."""
        await self._acceptor.stop()

    def _listen(self, service: Service, answer: Answer) -> int:
        async def logged(request: AzureRequest) -> Reply:
            reply = await answer(request)
            self._site.seen.note(_call(service, request, reply))
            return reply

        async def over_tls(wire: Wire) -> None:
            stream = TlsStream(wire, TlsServer(self._context))
            if await stream.handshake():
                await serve(stream, logged)
            else:
                await wire.close()

        async def plain(wire: Wire) -> None:
            await serve(PlainStream(wire), logged)

        return self._acceptor.listen(plain if service == "identity" else over_tls)


def _call(service: Service, request: AzureRequest, reply: Reply) -> AzureCall:
    return AzureCall(
        service=service,
        method=printable(request.method, limit=20),
        host=printable(request.headers.get("host", ""), limit=200),
        path=printable(request.path, limit=500),
        status=reply.status,
        bearer="authorization" in request.headers,
        user_agent=printable(request.headers.get("user-agent", ""), limit=300),
    )


def _context(pki: Pki) -> SSL.Context:
    context = SSL.Context(SSL.TLS_SERVER_METHOD)
    context.set_min_proto_version(SSL.TLS1_2_VERSION)
    issued = pki.servers["good"]
    context.use_certificate(crypto.X509.from_cryptography(issued.certificate))
    context.use_privatekey(crypto.PKey.from_cryptography_key(issued.key))
    for certificate in issued.chain:
        context.add_extra_chain_cert(crypto.X509.from_cryptography(certificate))
    context.set_session_cache_mode(SSL.SESS_CACHE_OFF)
    return context
