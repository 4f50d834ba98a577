"""Writes a plan as a readable script that needs nothing but curl, for the machine where the private key is."""

from probes.script.arguments import playable
from probes.script.write import Shell, write

__all__ = ["Shell", "playable", "write"]
