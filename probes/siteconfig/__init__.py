"""Stage 1: what the site is told to do."""

from probes.siteconfig.export import read

__all__ = ["read"]
