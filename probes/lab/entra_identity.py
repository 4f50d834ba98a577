"""The managed identity endpoint of App Service: plain HTTP, on 127.0.0.1, with a secret header.

Microsoft Learn, Use managed identities for App Service and Azure Functions, REST endpoint reference: GET with
``resource``, ``api-version=2019-08-01``, and the value of IDENTITY_HEADER in ``X-IDENTITY-HEADER``.
"""

import secrets
import time

from probes.lab.azure_faults import Faults, altered, instead
from probes.lab.azure_http import AzureRequest, Reply, json_reply
from probes.lab.azure_names import IDENTITY_CLIENT_ID
from probes.lab.entra_tokens import Token, Tokens
from probes.lab.site import Site

PATH = "/msi/token"


class ManagedIdentity:
    """Answers requests for a token of the lab's managed identity."""

    def __init__(self, site: Site, tokens: Tokens, faults: Faults, header: str) -> None:
        self._site = site
        self._tokens = tokens
        self._faults = faults
        self._header = header

    async def answer(self, request: AzureRequest) -> Reply:
        """Return the reply to any request; never raises for what a client sends."""
        fault = self._faults.pick(self._site.state.azure.faults, "identity", request.path)
        if fault and (reply := instead(fault, request, request.origin, has_claims=True)):
            return reply
        reply = self._true_answer(request)
        return altered(fault, request, reply, request.origin) if fault else reply

    def _true_answer(self, request: AzureRequest) -> Reply:
        if request.path != PATH or request.method != "GET":
            return json_reply({"statusCode": 404, "message": "Not found"}, 404)
        given = request.headers.get("x-identity-header", "")
        if not secrets.compare_digest(given.encode(), self._header.encode()):
            return json_reply({"statusCode": 401, "message": "The identity header is missing or wrong."}, 401)
        resource = request.query.get("resource", "")
        if not resource or request.query.get("api-version") != "2019-08-01":
            return json_reply({"statusCode": 400, "message": "The resource or the api-version is missing."}, 400)
        client = request.query.get("client_id", IDENTITY_CLIENT_ID)
        if client != IDENTITY_CLIENT_ID:
            return json_reply({"statusCode": 400, "message": "No such identity is assigned to this app."}, 400)
        expires = int(time.time()) + self._site.state.azure.token_seconds
        token = Token(use="access", principal=client, audience=resource.rstrip("/"), expires=expires)
        return json_reply(
            {
                "access_token": self._tokens.issue(token),
                "expires_on": str(expires),
                "resource": resource,
                "token_type": "Bearer",
                "client_id": client,
            }
        )
