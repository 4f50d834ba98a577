"""The lab's Azure for the tests of the command line: how to reach it, sign in to it, and read its request log."""

import json
import urllib.request
from typing import Any
from urllib.parse import urlsplit


def signed_in(lab: dict[str, Any]) -> dict[str, str]:
    """Return the environment of a service principal of the lab, and of nobody else."""
    return {
        "AZURE_TENANT_ID": lab["azure_tenant_id"],
        "AZURE_CLIENT_ID": lab["azure_client_id"],
        "AZURE_CLIENT_SECRET": lab["azure_client_secret"],
    }


def live(lab: dict[str, Any]) -> list[str]:
    """Return the options that lead to the lab's Azure."""
    return ["--arm-endpoint", lab["arm"], "--authority", lab["entra"], "--ca", lab["ca"]]


def asked(lab: dict[str, Any], service: str = "arm") -> list[dict[str, Any]]:
    """Return what was asked of one service so far, oldest first."""
    with urllib.request.urlopen(lab["control"] + "/seen", timeout=10) as answer:
        return [one for one in json.load(answer)["azure"] if one["service"] == service]


def ports(lab: dict[str, Any], *names: str) -> set[int]:
    """Return the ports of these addresses of the lab."""
    return {urlsplit(lab[name]).port or 0 for name in names}
