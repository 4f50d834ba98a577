"""The client certificate that a user gives: leaf, chain and private key, in memory only."""

from probes.credential.load import load, load_certificates
from probes.credential.throwaway import throwaway
from probes.credential.value import ClientCertificate, PrivateKey

__all__ = ["ClientCertificate", "PrivateKey", "load", "load_certificates", "throwaway"]
