"""Exclusion paths: how the one string is read, and which rule matches a path."""

from collections.abc import Sequence


def split_exclusions(text: str) -> tuple[str, ...]:
    """Split ``clientCertExclusionPaths`` at ``,`` and ``;``; surrounding spaces and empty entries are dropped.

    The REST text calls the string comma-separated, the portal writes semicolons, Microsoft Learn names both
    ("Configure TLS mutual authentication", 2025-05-09).
    """
    return tuple(entry for part in text.split(";") for entry in (piece.strip() for piece in part.split(",")) if entry)


def matching_exclusion(path: str, exclusions: Sequence[str]) -> str | None:
    """Return the first exclusion that ``path`` starts with, in any case; None when there is none.

    The prefix rule is documented; what happens at segment boundaries and with encoded characters is not.
    """
    plain = path.partition("?")[0].lower()
    return next((rule for rule in exclusions if rule and plain.startswith(rule.lower())), None)


def is_excluded(path: str, exclusions: Sequence[str]) -> bool:
    """Say whether any exclusion matches ``path``."""
    return matching_exclusion(path, exclusions) is not None
