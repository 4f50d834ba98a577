"""The lab's files: certificates and keys in a private folder, for clients that read them from disk."""

import os
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.hazmat.primitives.serialization.pkcs12 import serialize_key_and_certificates

from probes.lab.pki import Issued, Pki


def _pem(*certificates: x509.Certificate) -> bytes:
    return b"".join(certificate.public_bytes(Encoding.PEM) for certificate in certificates)


def _key_pem(issued: Issued) -> bytes:
    return issued.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def write_private(path: Path, data: bytes) -> None:
    """Write a file that only its owner can read, from its first byte on."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)


def write_files(pki: Pki, folder: Path, pfx_password: str, federated_token: str) -> dict[str, str]:
    """Write all files of the lab into ``folder`` and return their paths by the names of the ready line.

    ``federated_token`` is what workload identity reads from a file.

    Keys leave this process only here: unencrypted PEM (mode 0600) because curl and s_client read that, in a folder
    that is removed with the lab.
    """
    paths: dict[str, str] = {}

    def put(name: str, file: str, data: bytes) -> None:
        write_private(folder / file, data)
        paths[name] = str(folder / file)

    put("ca", "ca.pem", _pem(pki.root.certificate))
    put("foreign_ca", "foreign-ca.pem", _pem(pki.foreign_root.certificate))
    for name, issued in pki.clients.items():
        field, file = ("certificate", "client.pem") if name == "good" else (name, f"{name.replace('_', '-')}.pem")
        put(field, file, _pem(issued.certificate, *issued.chain) + _key_pem(issued))
    good = pki.clients["good"]
    put("public", "public.pem", _pem(good.certificate))
    put("pfx", "client.pfx", _pfx(good, pfx_password))
    put("federated_token", "federated-token", federated_token.encode("ascii"))
    return paths


def _pfx(issued: Issued, password: str) -> bytes:
    encryption = BestAvailableEncryption(password.encode())
    return serialize_key_and_certificates(b"lab client", issued.key, issued.certificate, issued.chain, encryption)
