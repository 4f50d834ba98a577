"""A case whose every outside text tries to be markup, and one that holds everything that names somebody."""

import json
from typing import Any

import msgspec

from probes.model import Case

EVIL = "<img src=//evil.invalid/x onerror=alert(1)>![a](http://evil.invalid/t.png)</td>|`x`{{7*7}}@team \\ \"'&"
HOST = "payments-prod.azurewebsites.net"
OTHER = "portal.contoso.example.org"
SUBSCRIPTION = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"
ADDRESS, ADDRESS6, PRIVATE = "20.50.2.12", "2a01:111:f403::1f", "10.20.30.40"
MAIL = "alex.smith@contoso.example.org"
THUMB = "AB" * 20
THUMB256 = "0123456789ABCDEF" * 4
PERSON = "Alex Smith"


def replaced(data: Any, name: str, value: Any) -> Any:
    """Return decoded JSON with every field of this name replaced."""
    if isinstance(data, list):
        return [replaced(one, name, value) for one in data]
    if isinstance(data, dict):
        return {key: value if key == name and one is not None else replaced(one, name, value)
                for key, one in data.items()}  # fmt: skip
    return data


def evil(case: Case) -> Case:
    """Return the case with hostile text wherever text comes from outside."""
    data = json.loads(msgspec.json.encode(case))
    for name in (
        "subject",
        "issuer",
        "body_excerpt",
        "because",
        "reason",
        "path",
        "canonical_name",
        "url",
        "question",
    ):
        if name == "path":
            data["observations"] = replaced(data["observations"], name, f"/{EVIL}")
        else:
            data = replaced(data, name, f"https://localhost/{EVIL}" if name == "url" else EVIL)
    data["configuration"]["name"] = EVIL
    data["configuration"]["resource_group"] = EVIL
    data["configuration"]["client_cert_exclusion_paths"] = [f"/{EVIL}"]
    data["unknown"] = [{"what": EVIL, "why": "not-run", "how_to_get": EVIL}]
    return msgspec.convert(data, Case)


def named(case: Case) -> Case:
    """Return the case of somebody's site: its names stand in settings, certificates, headers and texts."""
    text = f"{OTHER} {HOST.upper()} {SUBSCRIPTION} {MAIL} {ADDRESS} {ADDRESS6} {THUMB.lower()} payments-prod {PERSON}"
    subject = f"CN={OTHER},O={PERSON},emailAddress={MAIL},OU={SUBSCRIPTION}"
    data = json.loads(msgspec.json.encode(case))
    config = data["configuration"]
    config |= {"name": "payments-prod/blue", "resource_group": "rg-payments", "default_host_name": HOST,
               "host_names": [HOST, OTHER], "notes": [text]}  # fmt: skip
    data["target"]["url"] = f"https://{OTHER}/api/payments-prod?owner={MAIL}"
    data["credential"] |= {"subject": subject, "issuer": f"CN={PERSON}", "thumbprint_sha1": THUMB,
                           "thumbprint_sha256": THUMB256, "issuers": [f"CN={PERSON},O={OTHER}"]}  # fmt: skip
    data["unknown"] = [{"what": text, "why": "not-run", "how_to_get": text}]
    for seen in data["observations"]:
        seen["probe"] |= {"origin": f"https://{OTHER}:443", "connect_to": f"{HOST}:443"}
        seen["connection"] |= {"ip": ADDRESS, "addresses": [ADDRESS, ADDRESS6, PRIVATE], "canonical_name": HOST}
        seen["judged"]["because"] = text
        for exchange in seen["exchanges"]:
            exchange["body_excerpt"] = text
            exchange["headers"] += [["location", f"https://{HOST}/{MAIL}"], ["x-owner", PERSON], ["server", ADDRESS]]
        tls = seen["tls"] or {}
        if tls.get("server_certificate"):
            tls["server_certificate"] |= {"subject": subject,
                                          "issuer": f"O={PERSON}", "san": [OTHER, ADDRESS, PERSON],
                                          "thumbprint_sha1": THUMB, "thumbprint_sha256": THUMB256,
                                          "chain": [f"O={PERSON}"]}  # fmt: skip
        for asked in tls.get("certificate_requests", []):
            asked["issuers"] = [f"CN=CA of {PERSON},O=x"]
        if seen["echo"]:
            seen["echo"]["headers"] |= {"X-Owner": text}
            seen["echo"]["certificate"] |= {"subject": subject, "thumbprint_sha1": THUMB, "serial": THUMB[:32]}
    return msgspec.convert(data, Case)
