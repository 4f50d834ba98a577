"""Stage 3: what did the app receive of the client certificate?"""

from probes.forwarded.check import Expected, chain_and_rules
from probes.forwarded.decode import Decoded, decode, decode_whole
from probes.forwarded.echo import read_echo
from probes.forwarded.extract import Found, find
from probes.forwarded.faults import FAULTS

__all__ = ["FAULTS", "Decoded", "Expected", "Found", "chain_and_rules", "decode", "decode_whole", "find", "read_echo"]
