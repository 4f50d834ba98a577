"""Fixtures of the lab's tests."""

from tests.lab.fixture import edge, lab, shared_lab

__all__ = ["edge", "lab", "shared_lab"]
