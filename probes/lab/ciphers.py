"""The cipher suites of ``minTlsCipherSuite``, strongest first, and their OpenSSL names."""

from types import MappingProxyType

SUITES = MappingProxyType(
    {
        "TLS_AES_256_GCM_SHA384": None,
        "TLS_AES_128_GCM_SHA256": None,
        "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384": "ECDHE-ECDSA-AES256-GCM-SHA384",
        "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256": "ECDHE-ECDSA-AES128-SHA256",
        "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256": "ECDHE-ECDSA-AES128-GCM-SHA256",
        "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384": "ECDHE-RSA-AES256-GCM-SHA384",
        "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256": "ECDHE-RSA-AES128-GCM-SHA256",
        "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384": "ECDHE-RSA-AES256-SHA384",
        "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256": "ECDHE-RSA-AES128-SHA256",
        "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA": "ECDHE-RSA-AES256-SHA",
        "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA": "ECDHE-RSA-AES128-SHA",
        "TLS_RSA_WITH_AES_256_GCM_SHA384": "AES256-GCM-SHA384",
        "TLS_RSA_WITH_AES_128_GCM_SHA256": "AES128-GCM-SHA256",
        "TLS_RSA_WITH_AES_256_CBC_SHA256": "AES256-SHA256",
        "TLS_RSA_WITH_AES_128_CBC_SHA256": "AES128-SHA256",
        "TLS_RSA_WITH_AES_256_CBC_SHA": "AES256-SHA",
        "TLS_RSA_WITH_AES_128_CBC_SHA": "AES128-SHA",
    }
)
"""ARM name to OpenSSL name; None for TLS 1.3 suites, which are always allowed (Microsoft Learn, Understand TLS in App
Service). Names and order: the values of ``TlsCipherSuites`` in the Microsoft.Web REST API."""


def allowed(minimum: str | None) -> str:
    """Return the OpenSSL cipher string of the TLS 1.2 suites at or above ``minimum``, an ARM name or None.

    It is empty when the minimum is a TLS 1.3 suite, which leaves no suite of TLS 1.2.
    """
    if minimum is None:
        return "DEFAULT"
    names = list(SUITES)
    kept = [openssl for name in names[: names.index(minimum) + 1] if (openssl := SUITES[name])]
    return ":".join(kept)
