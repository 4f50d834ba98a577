"""The version of the tool, the only place where it stands."""

VERSION = "0.1.0"
