"""Takes a curl command apart: what it would send, as whom, over what, and what of it cannot be played here."""

from probes.curlline.call import BodySize, CurlCall
from probes.curlline.parse import parse
from probes.curlline.words import Shell, split

__all__ = ["BodySize", "CurlCall", "Shell", "parse", "split"]
