"""The page of stage 5: a preview of the report, for whom it is, and the file it is written to."""

import os
from pathlib import Path
from typing import ClassVar
from urllib.parse import urlsplit

from probes.model import Case
from tui.crash import fault_line
from tui.drawing.parts import Line, wrap
from tui.drawing.report import AUDIENCES, ENDINGS, FORMATS, report_page
from tui.widgets.listing import Drawing, Listing
from tui.widgets.stage import Stage, framed, said


class ReportPage(Listing, Stage):
    """The report as it will be written."""

    KEYS = (("f", "format"), ("a", "audience"), ("w", "write"), ("y", "copy"), ("j k", "scroll"))
    ABOUT = (
        ("f", "another format: Markdown, HTML, JSON, JUnit"),
        ("a", "another reader: the customer, your team, the public; each sees less than the one before"),
        ("w", "write the report to a file, which must not exist"),
    )
    ACTIONS: ClassVar[dict[str, str]] = {"f": "next_format", "a": "next_audience", "w": "write"}
    how = FORMATS[0]
    _kept: tuple[Case, str, str, str] | None = None
    _drawn: tuple[tuple[str, str, str, int, bool], list[Line]] | None = None

    @property
    def audience(self) -> str:
        """Whom the report is written for."""
        return self.store.desk.audience

    def drawing(self, width: int) -> Drawing:
        """Return the preview; until there is a verdict there is nothing to report."""
        case = self.store.case
        if case is None or case.verdict is None or not self.store.over:
            return wrap("The report is written when the run is over and there is a verdict.", width, "muted"), {}
        made = self.written(case)
        drawn_for = (made, self.how, self.audience, width, self.wide)
        if self._drawn is None or self._drawn[0] != drawn_for:
            # A JSON report has some ten thousand lines, and Textual asks for them at every change of layout.
            self._drawn = (drawn_for, report_page(made, self.how, self.audience, width, wide=self.wide))
        return self._drawn[1], {}

    def written(self, case: Case) -> str:
        """Return the report as a text; the same case is written once."""
        from probes.report import Report, write  # the writers import the templates and the XML parser

        kept = self._kept
        if kept is None or kept[0] is not case or kept[1:3] != (self.how, self.audience):
            try:
                made = write(Report(case=case, audience=self.audience), self.how)  # type: ignore[arg-type]
            except Exception as fault:
                # A defect of one writer must not take the case down with it; the other formats may still work.
                made = f"This report could not be written. {fault_line(fault)}\n"
            kept = self._kept = (case, self.how, self.audience, made)
        return kept[3]

    def next_format(self) -> None:
        """Take the next format."""
        self.how = FORMATS[(FORMATS.index(self.how) + 1) % len(FORMATS)]
        self._anew()

    def next_audience(self) -> None:
        """Take the next audience."""
        self.store.desk.audience = AUDIENCES[(AUDIENCES.index(self.audience) + 1) % len(AUDIENCES)]
        self._anew()

    def _anew(self) -> None:
        self.scroll_home(animate=False)
        self.redraw()

    def write(self) -> None:
        """Ask for the file."""
        case = self.store.case
        if case is None or case.verdict is None or not self.store.over:
            self.post_message(said("there is nothing to report before the run is over"))
            return
        host = urlsplit(case.target.url).hostname or "site"
        name = f"mtls-triage-{host if self.audience != 'public' else 'case'}-{case.run.id}.{ENDINGS[self.how]}"
        framed(self).ask("write to:", self._named, value=name)

    def _named(self, name: str) -> None:
        case = self.store.case
        if not name.strip() or case is None:
            return
        path = Path(name.strip()).expanduser()
        try:
            # A report is not for everybody on this machine, and must not take the place of something else.
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with open(descriptor, "w", encoding="utf-8") as stream:
                stream.write(self.written(case))
        except FileExistsError:
            self.post_message(said(f"{path} exists already; w asks for another name", wrong=True))
        except OSError as fault:
            self.post_message(said(f"{path} could not be written: {fault.strerror}", wrong=True))
        else:
            self.store.reported = str(path)
            self.store.revision += 1
            self.post_message(said(f"written to {path}"))

    def copied(self) -> str:
        """Return the whole report."""
        case = self.store.case
        if case is None or case.verdict is None or not self.store.over:
            return super().copied()
        return self.written(case)
