"""The page of stage 3: sent beside received, and what a person can do where nothing is known."""

from pathlib import Path
from typing import ClassVar

from probes.errors import MtlsTriageError
from probes.wire.trust import read_ca_file
from tui import desk
from tui.debug_endpoints import STACKS
from tui.drawing.certificate import certificate_page
from tui.messages import Copied, DebugPathGiven
from tui.screens.choose import Choice, ChooseScreen
from tui.widgets.listing import Drawing, Listing
from tui.widgets.stage import Stage, framed, said


class CertificatePage(Listing, Stage):
    """Fields, faults, chain and rules of the forwarded certificate."""

    KEYS = (
        ("p", "paste a header"),
        ("d", "ask a path"),
        ("c", "copy endpoint"),
        ("enter", "set a rule"),
        ("y", "copy"),
    )
    ABOUT = (
        ("p", "paste the value of a certificate header, a header dump, or a debug endpoint's answer"),
        ("d", "give the path of an endpoint that returns what it received; one GET is sent to it"),
        ("c", "copy a debug endpoint for your stack; it leaves Authorization and Cookie out"),
        ("enter", "on a rule: set what your app asks for; an empty answer takes the rule away"),
        ("u", "forget what was pasted, and show what the probes saw"),
    )
    ACTIONS: ClassVar[dict[str, str]] = {
        "p": "paste",
        "d": "ask_path",
        "c": "copy_endpoint",
        "enter": "open",
        "u": "forget",
    }

    def drawing(self, width: int) -> Drawing:
        """Return the page, empty until there is a case."""
        if self.store.case is None:
            return [], {}
        return certificate_page(self.store.desk, self.store.case, width, wide=self.wide)

    def open(self) -> None:
        """Do what the chosen line offers, or set the chosen rule."""
        kind, _, name = (self.chosen or "").partition("-")
        if kind == "offer":
            self.act(name)
        elif kind == "rule":
            self._set(name)
        else:
            self.post_message(said("nothing can be set here before a certificate was received"))

    def paste(self) -> None:
        """Ask for a header."""
        framed(self).ask("paste it here:", self._pasted, whole=True)

    def _pasted(self, pasted: str) -> None:
        case = self.store.case
        if not pasted or case is None:
            return
        wrong = desk.take(self.store.desk, pasted, case.credential)
        self.post_message(said(wrong, wrong=True) if wrong else said("decoded; u forgets it again"))
        self.store.revision += 1
        self.redraw()

    def forget(self) -> None:
        """Show again what the probes saw."""
        self.store.desk.pasted = None
        self.redraw()

    def ask_path(self) -> None:
        """Ask for the path of a debug endpoint."""
        planned = [state.probe.path for state in self.store.probes.values() if state.probe.id == "debug"]
        value = planned[0] if planned else "/debug/headers"
        framed(self).ask("path of the debug endpoint:", self._path_given, value=value)

    def _path_given(self, path: str) -> None:
        if path:
            self.post_message(DebugPathGiven(path.strip()))

    def copy_endpoint(self) -> None:
        """Offer the stacks, and copy the endpoint of the one that is taken."""
        choices = [Choice(name, stack.title) for name, stack in STACKS.items()]
        about = "It answers with the headers that reached your app. Deploy it for the time of the diagnosis only."
        screen = ChooseScreen(
            self.store,
            self.render_finding,
            "Copy a debug endpoint for …",
            choices,
            self._copy,
            about=about,
        )
        self.app.push_screen(screen)

    def _copy(self, name: str) -> None:
        self.post_message(Copied(STACKS[name].code))

    def _set(self, rule: str) -> None:
        if rule == "chain":
            now = self.store.desk.cas_from or ""
            framed(self).ask("file with the CAs that your app trusts (PEM):", self._cas_given, value=now)
        else:
            now = getattr(self.store.desk.expected, rule) or self._default(rule)
            framed(self).ask(
                f"{rule} that your app asks for:", lambda typed: self._rule_given(rule, typed), value=now
            )

    def _default(self, rule: str) -> str:
        assert self.store.case is not None
        given = self.store.case.credential
        known = {"thumbprint": given.thumbprint_sha1, "subject": given.subject, "issuer": given.issuer}
        return known[rule] or ""

    def _rule_given(self, rule: str, typed: str) -> None:
        wrong = desk.expect(self.store.desk, rule, typed)
        if wrong:
            self.post_message(said(wrong, wrong=True))
        self.redraw()

    def _cas_given(self, typed: str) -> None:
        mine = self.store.desk
        if not typed.strip():
            mine.cas, mine.cas_from = (), None
        else:
            try:
                mine.cas, mine.cas_from = read_ca_file(Path(typed.strip()).expanduser()), typed.strip()
            except MtlsTriageError as fault:
                self.post_message(said(str(fault), wrong=True))
        self.redraw()
