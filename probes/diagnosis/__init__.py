"""Stage 4: which one cause explains everything that was seen."""

from probes.diagnosis.catalogue import Finding, by_slug, catalogue
from probes.diagnosis.predicates import evaluate
from probes.diagnosis.predict import predict
from probes.diagnosis.render import RenderedFinding, generic, render
from probes.diagnosis.result import Result
from probes.diagnosis.unknowns import unknowns
from probes.diagnosis.verdict import verdict
from probes.diagnosis.walk import overrules
from probes.diagnosis.wanted import wanted

finding = by_slug
"""Return one finding of the catalogue; raises KeyError for a name that is no finding."""

__all__ = [
    "Finding",
    "RenderedFinding",
    "Result",
    "catalogue",
    "evaluate",
    "finding",
    "generic",
    "overrules",
    "predict",
    "render",
    "unknowns",
    "verdict",
    "wanted",
]
