"""What is to be expected of one probe: whether the settings promise that it passes, or that it is refused."""

from typing import Literal

from probes.diagnosis.passage import is_about_size
from probes.diagnosis.predict import closed, of_probe
from probes.diagnosis.rules import REACHED, REDIRECTED, REFUSED
from probes.model import Probe, SiteConfig


def expectation(config: SiteConfig, probe: Probe) -> Literal["reached", "refused"] | None:
    """Return what the rules of :mod:`probes.diagnosis.predict` let expect, None where they promise neither.

    ``refused`` is said of controls: of requests that lack the certificate, or TLS. What refuses whoever asks (a site
    that is stopped, a body that is too large) is no promise about a probe, so that it stays None. Without settings
    the user's own certificate ought to get through, which is what the user came for.
    """
    if any(closed(config, probe)):
        return None
    about = [one for one in of_probe(config, probe) if one.permitted[0].startswith("request:")]
    if any({REFUSED, REDIRECTED}.issuperset(one.permitted) and not is_about_size(one) for one in about):
        return "refused"
    if about and all(one.permitted == (REACHED,) for one in about):
        return "reached"
    return "reached" if config.client_cert_enabled is None and _is_the_users(probe) else None


def _is_the_users(probe: Probe) -> bool:
    secure = probe.origin.startswith("https://") and probe.http != "2" and probe.tls in ("free", "1.2")
    return secure and probe.identity == "given" and probe.expect != "header-only"
