"""Finds the programs that the tests take as peers: a skip where one is missing, a failure in CI."""

import os
import shutil
from typing import NoReturn

import pytest

# Debian keeps server programs in folders that an ordinary user's PATH does not name.
_SERVER_FOLDERS = ("/usr/local/sbin", "/usr/sbin", "/sbin")


def need(program: str) -> str:
    """Return the absolute path of ``program``.

    Raises pytest's Skipped when it is not installed, and Failed instead when the environment has ``CI=true``:
    a run that is meant to be complete must not shrink without a word.
    """
    folders = os.pathsep.join((os.environ.get("PATH", os.defpath), *_SERVER_FOLDERS))
    found = shutil.which(program, path=folders)
    if found is None:
        missing(f"{program} is not installed; it is a test peer that is not ours")
    return os.path.abspath(found)


def missing(reason: str) -> NoReturn:
    """Skip the test with ``reason``, or fail it when the environment has ``CI=true``."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)
