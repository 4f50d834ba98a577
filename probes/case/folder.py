"""Where cases are kept when nobody names a file."""

import os
import re
from pathlib import Path
from urllib.parse import urlsplit

from probes.model import Case

VARIABLE = "MTLS_TRIAGE_CASES"
"""Environment variable that names another folder."""
SUFFIX = ".jsonl"
_SAFE = re.compile(r"[^A-Za-z0-9.-]+")


def cases_folder() -> Path:
    """Return the folder of the cases; it need not exist."""
    named = os.environ.get(VARIABLE)
    if named:
        return Path(named)
    from platformdirs import user_data_path

    return user_data_path("mtls-triage", appauthor=False) / "cases"


def default_path(case: Case) -> Path:
    """Return the file of a new case: time, host and id, so that names sort by time and never meet."""
    time = case.run.started.replace(":", "").replace("-", "")
    host = _SAFE.sub("-", urlsplit(case.target.url).hostname or "host")[:80]
    return cases_folder() / f"{time}-{host}-{case.run.id}{SUFFIX}"
