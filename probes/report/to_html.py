"""A report as one HTML file: no script, no request, light and dark, printable."""

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from probes.report.building import build
from probes.report.document import Document
from probes.report.request import Report
from probes.report.svg import LABELS, NUMBERS, ROW, TOP, WIDTH, drawing


@cache
def _template() -> Template:
    # Every value is escaped, whatever the template's name ends in; a name that is not there is a fault.
    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        loader=PackageLoader("probes.report", "templates"),
    )
    assert environment.loader is not None
    style, _, _ = environment.loader.get_source(environment, "report.css")
    environment.globals.update(
        style=Markup(style),  # noqa: S704 - our own file, nothing of a case is in it
        drawing=drawing,
        kind_of=lambda block: type(block).__name__,
        sizes={"width": WIDTH, "labels": LABELS, "numbers": NUMBERS, "row": ROW, "top": TOP},
    )
    return environment.get_template("report.html.j2")


def text(report: Report) -> str:
    """Return the report as HTML."""
    return document(build(report))


def document(made: Document) -> str:
    """Return a document as HTML."""
    return _template().render(made=made)
