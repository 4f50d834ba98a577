"""Fixtures of the tests that run the snippets."""

from tests.lab.fixture import edge, lab, shared_lab

__all__ = ["edge", "lab", "shared_lab"]
