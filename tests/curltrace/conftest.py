"""Fixtures of the tests that read curl's traces."""

from tests.lab.fixture import edge, lab, shared_lab

__all__ = ["edge", "lab", "shared_lab"]
