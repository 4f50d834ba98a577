"""Fixtures of the tests with real clients."""

from dataclasses import dataclass
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from probes.lab.files import write_files
from probes.lab.pki import Pki
from tests.clients.order import Order
from tests.lab.fixture import edge, lab, shared_lab

__all__ = ["edge", "lab", "shared_lab"]


@dataclass(frozen=True)
class Files:
    """Certificates on disk: ``server`` is a PEM with chain and key for localhost."""

    server: str
    paths: dict[str, str]

    def order(self, port: int, **more: Any) -> Order:
        """Return an order for a server of ours at ``port``."""
        given: dict[str, Any] = {name: self.paths[name] for name in ("ca", "certificate", "pfx")}
        return Order(url=f"https://localhost:{port}/upload", **given, pfx_password="phrase", **more)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    folder = tmp_path_factory.mktemp("files")
    pki = Pki()
    good = pki.servers["good"]
    pem = good.certificate.public_bytes(Encoding.PEM)
    pem += b"".join(one.public_bytes(Encoding.PEM) for one in good.chain)
    pem += good.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "server.pem").write_bytes(pem)
    return Files(str(folder / "server.pem"), write_files(pki, folder, "phrase", "no token"))
