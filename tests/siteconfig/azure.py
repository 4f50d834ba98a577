"""A small Azure on loopback over real TLS: token endpoint, ARM and Resource Graph, with a log of what was asked."""

import json
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import trustme

SUBSCRIPTION = "11111111-2222-3333-4444-555555555555"
GROUP = "rg-shop"
SITE = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{GROUP}/providers/Microsoft.Web/sites/shop"
SLOT = f"{SITE}/slots/staging"
PLAN = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/plans/providers/Microsoft.Web/serverfarms/big"
TOKEN = "eyJ0b2tlbi1vZi10aGUtdGVzdA.SECRETTOKEN"
SECRET = "client-secret-of-the-test"
TENANT = "99999999-8888-7777-6666-555555555555"


def site_body(ident: str = SITE, **more: Any) -> dict[str, Any]:
    name = ident.partition("/sites/")[2].replace("/slots/", "/")
    host = name.replace("/", "-") + ".azurewebsites.net"
    hosts = [host] if "/" in name else [host, "api.example.com"]
    states = [
        {"name": one, "sslState": "SniEnabled", "thumbprint": "AB" * 20, "hostType": "Standard"} for one in hosts
    ]
    return {
        "id": ident,
        "name": name,
        "type": "Microsoft.Web/sites/slots" if "/" in name else "Microsoft.Web/sites",
        "kind": "app,linux",
        "location": "West Europe",
        "properties": {
            "name": name,
            "state": "Running",
            "enabled": True,
            "usageState": "Normal",
            "hostNames": hosts,
            "enabledHostNames": [*hosts, host.replace(".", ".scm.", 1)],
            "hostNameSslStates": states,
            "defaultHostName": host,
            "serverFarmId": PLAN,
            "sku": "Standard",
            "clientCertEnabled": True,
            "clientCertMode": "Required",
            "clientCertExclusionPaths": "/health;/Public",
            "httpsOnly": True,
            "publicNetworkAccess": "Enabled",
            "endToEndEncryptionEnabled": False,
            "hostingEnvironmentProfile": None,
            "aKeyOfTomorrow": {"x": 1},
            # The site's own body has most of config/web as null (seen with API 2022-03-01).
            "siteConfig": {"http20Enabled": True, "minTlsVersion": None, "alwaysOn": True},
            **more,
        },
    }


def web_body(ident: str = SITE, **more: Any) -> dict[str, Any]:
    return {
        "id": f"{ident}/config/web",
        "name": "shop",
        "type": "Microsoft.Web/sites/config",
        "properties": {
            "http20Enabled": False,
            "http20ProxyFlag": 0,
            "minTlsVersion": "1.2",
            "minTlsCipherSuite": None,
            "scmMinTlsVersion": "1.2",
            "publicNetworkAccess": "Enabled",
            "ipSecurityRestrictions": [
                {"ipAddress": "Any", "action": "Allow", "priority": 2147483647, "name": "Allow all"}
            ],
            "ipSecurityRestrictionsDefaultAction": None,
            **more,
        },
    }


def flat_show(site: dict[str, Any], web: dict[str, Any]) -> dict[str, Any]:
    """Return what `az webapp show` prints of the two bodies: flat, with the whole config/web inside."""
    outer = {key: value for key, value in site.items() if key != "properties"}
    inner = {key: value for key, value in site["properties"].items() if key != "aKeyOfTomorrow"}
    return {**inner, **outer, "siteConfig": web["properties"], "resourceGroup": GROUP}


def change_row() -> dict[str, Any]:
    return {
        "id": f"{SITE}/providers/Microsoft.Resources/changes/08584",
        "type": "microsoft.resources/changes",
        "properties": {
            "targetResourceId": SITE,
            "changeType": "Update",
            "changeAttributes": {
                "timestamp": "2026-11-21T15:04:05.000Z",
                "changedBy": "deployer@example.com",
                "changedByType": "User",
                "clientType": "Azure Portal",
                "operation": "Microsoft.Web/sites/write",
            },
            "changes": {
                "properties.clientCertExclusionPaths": {"previousValue": None, "newValue": "/health;/Public"},
                "properties.lastModifiedTimeUtc": {"previousValue": "a", "newValue": "b"},
                "tags.team": {"previousValue": "a", "newValue": "b"},
            },
        },
    }


Answer = tuple[int, dict[str, str], Any]
"""Status, headers, and a body: JSON, or bytes as they are."""


@dataclass
class Azure:
    """The server; ``answers`` maps the lower-case path to an answer or to a function of the handler."""

    url: str
    ca: Path
    answers: dict[str, Any] = field(default_factory=dict)
    log: list[tuple[str, str]] = field(default_factory=list)
    authorized: list[str] = field(default_factory=list)
    agents: set[str] = field(default_factory=set)
    queries: list[dict[str, Any]] = field(default_factory=list)
    forms: list[dict[str, list[str]]] = field(default_factory=list)
    token_answer: Answer = (200, {}, None)

    def put(self, path: str, body: Any, status: int = 200, headers: dict[str, str] | None = None) -> None:
        self.answers[path.lower()] = (status, headers or {}, body)

    def fault(self, path: str, act: Callable[[Any], None]) -> None:
        self.answers[path.lower()] = act

    @property
    def arm_log(self) -> list[tuple[str, str]]:
        return [one for one in self.log if "/oauth2/" not in one[1]]

    def standard(self) -> "Azure":
        """Serve the site with its slot and all of its parts."""
        self.put(SITE, site_body())
        self.put(f"{SITE}/config/web", web_body())
        self.put(SLOT, site_body(SLOT, clientCertEnabled=False))
        self.put(f"{SLOT}/config/web", web_body(SLOT, minTlsVersion="1.3"))
        slot = site_body(SLOT, clientCertEnabled=False)
        self.put(f"{SITE}/slots", {"value": [slot], "nextLink": None})
        for one in (SITE, SLOT):
            rows = [
                {"id": f"{one}/hostNameBindings/{host}", "name": f"shop/{host}", "properties": {}}
                for host in ("shop.azurewebsites.net", "api.example.com")
            ]
            self.put(f"{one}/hostNameBindings", {"value": rows, "nextLink": None, "id": None})
            auth = {"platform": {"enabled": False}, "globalValidation": {"requireAuthentication": False}}
            self.put(f"{one}/config/authsettingsV2", {"id": "x", "name": "authsettingsV2", "properties": auth})
            self.put(f"{one}/privateEndpointConnections", {"value": []})
            self.put(f"{one}/publicCertificates", {"value": []})
            self.put(f"{one}/providers/Microsoft.Resources/changes", {"value": [change_row()]})
        self.put(PLAN, {"id": PLAN, "name": "big", "sku": {"name": "S1", "tier": "Standard"}, "properties": {}})
        group = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{GROUP}/providers/Microsoft.Web/certificates"
        self.put(group, {"value": [{"properties": {"thumbprint": "ab" * 20, "hostNames": ["api.example.com"]}}]})
        rows = [site_body(), slot]
        self.put("/providers/Microsoft.ResourceGraph/resources", {"totalRecords": 2, "count": 2, "data": rows})
        return self


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    # All parts are read at the same time; a short queue costs a second of SYN retransmission.
    request_queue_size = 64


def start(folder: Path) -> tuple[Azure, ThreadingHTTPServer]:
    """Start an Azure of its own CA in a thread."""
    ca = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert("127.0.0.1", "localhost").configure_cert(context)
    server = _Server(("127.0.0.1", 0), _Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    file = folder / "azure-ca.pem"
    ca.cert_pem.write_to_path(str(file))
    azure = Azure(url=f"https://localhost:{server.server_address[1]}", ca=file)
    server.azure = azure  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    return azure, server


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True

    @property
    def azure(self) -> Azure:
        found: Azure = self.server.azure  # type: ignore[attr-defined]
        return found

    def log_message(self, *_: Any) -> None:
        pass

    def do_GET(self) -> None:
        self._answer(b"")

    def do_POST(self) -> None:
        self._answer(self.rfile.read(int(self.headers.get("Content-Length") or 0)))

    do_PUT = do_PATCH = do_DELETE = do_POST

    def _answer(self, body: bytes) -> None:
        azure, path = self.azure, urlsplit(self.path).path
        azure.log.append((self.command, self.path))
        azure.agents.add(self.headers.get("User-Agent", ""))
        if path.endswith("/token"):
            azure.forms.append(parse_qs(body.decode()))
            status, headers, said = azure.token_answer
            token = {"token_type": "Bearer", "expires_in": 3600, "access_token": TOKEN, "scope": "x/.default"}
            self.send(status, headers, said if said is not None else token)
            return
        azure.authorized.append(self.headers.get("Authorization", ""))
        if path.lower().endswith("microsoft.resourcegraph/resources"):
            azure.queries.append(json.loads(body))
        found = azure.answers.get(path.lower())
        if callable(found):
            found(self)
        elif found is None:
            self.send(404, {}, {"error": {"code": "ResourceNotFound", "message": f"{path} was not found."}})
        else:
            self.send(*found)

    def send(self, status: int, headers: dict[str, str], body: Any) -> None:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(data)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def drip(self, seconds: float) -> None:
        """Send a body a byte at a time, for at most so long."""
        self.send_response(200)
        self.send_header("Content-Length", "100000")
        self.end_headers()
        end = time.monotonic() + seconds
        try:
            while time.monotonic() < end:
                self.wfile.write(b" ")
                self.wfile.flush()
                time.sleep(0.1)
        except OSError:
            return
