"""The case file: an append-only journal of one case, which is opened, replayed and compared offline."""

from probes.case.changes import Change, Comparison, ProbeChange, compare
from probes.case.faults import CaseFault, CaseTaken
from probes.case.folder import cases_folder, default_path
from probes.case.journal import Journal
from probes.case.line import Lines, Withdrawn
from probes.case.reading import Opened, open_case
from probes.case.replay import replayed
from probes.case.versions import libraries

__all__ = [
    "CaseFault",
    "CaseTaken",
    "Change",
    "Comparison",
    "Journal",
    "Lines",
    "Opened",
    "ProbeChange",
    "Withdrawn",
    "cases_folder",
    "compare",
    "default_path",
    "libraries",
    "open_case",
    "replayed",
]
