"""Fixtures of the peers: one PKI, one Apache and one nginx for each worker's session."""

from collections.abc import Iterator

import pytest

from tests.peers.apache import Apache, apache_server
from tests.peers.certs import Pki, make_pki
from tests.peers.nginx import Nginx, nginx_server


@pytest.fixture(scope="session")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Pki:
    """The CAs and certificates of this session; the files are in a folder that only we can read."""
    return make_pki(tmp_path_factory.mktemp("pki"))


@pytest.fixture(scope="session")
def apache(pki: Pki) -> Iterator[Apache]:
    """One running Apache."""
    with apache_server(pki) as server:
        yield server


@pytest.fixture(scope="session")
def nginx(pki: Pki) -> Iterator[Nginx]:
    """One running nginx."""
    with nginx_server(pki) as server:
        yield server
