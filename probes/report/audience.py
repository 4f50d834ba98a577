"""Who may see what: the case as a team, its customer or the public may see it; secrets are in none of them."""

from typing import Literal

import msgspec

from probes.model import Case, Connection, Observation
from probes.report.public import for_public

Audience = Literal["team", "customer", "public"]
PROXY = "http://proxy.invalid:0"
"""What stands for the proxy of who ran the probes (RFC 6761: ``.invalid`` never resolves)."""


def for_audience(case: Case, audience: Audience) -> Case:
    """Return the case for an audience.

    ``team`` sees everything that the case holds. ``customer`` sees its own host, addresses and thumbprints, but not
    the proxy of who ran the probes. ``public`` sees pseudonyms; see :mod:`probes.report.public`.
    """
    if audience == "team":
        return case
    own = msgspec.structs.replace(case, observations=tuple(_without_proxy(seen) for seen in case.observations))
    return for_public(own) if audience == "public" else own


def _without_proxy(seen: Observation) -> Observation:
    if seen.probe.via is None:
        return seen
    # Behind a proxy, the address that was connected to is the proxy's own.
    connection = (
        Connection(reused=seen.connection.reused, ended_by=seen.connection.ended_by) if seen.connection else None
    )
    probe = msgspec.structs.replace(seen.probe, via=PROXY)
    return msgspec.structs.replace(seen, probe=probe, connection=connection)
