"""The page of stage 1: the settings in words, a path to try, and a saved file to read."""

from typing import ClassVar

from tui.drawing.configuration import configuration_page, show_command
from tui.drawing.parts import plain
from tui.drawing.permitted import PREFIX
from tui.messages import ConfigurationGiven, EvidenceWanted, SwitchesWanted
from tui.widgets.listing import Drawing, Listing
from tui.widgets.stage import Stage, framed, said


class ConfigurationPage(Listing, Stage):
    """The consequence of the settings, each of them, and what could not be read."""

    KEYS = (
        ("j k", "setting"),
        ("p", "try a path"),
        ("f", "read a file"),
        ("y", "copy"),
        ("enter", "probe"),
        ("2", "probes"),
    )
    ABOUT = (
        ("j k", "explain a setting; below the settings, the rules behind what a probe is permitted"),
        ("enter", "go to the chosen probe"),
        ("p", "say of any path whether a certificate is asked for on it"),
        ("f", "read the settings from a saved file; nothing is sent again, the case is judged anew"),
        ("w", "in the lab: its settings as switches"),
    )
    ACTIONS: ClassVar[dict[str, str]] = {"enter": "to_probe", "p": "try_path", "f": "read_file", "w": "switches"}

    def drawing(self, width: int) -> Drawing:
        """Return the page."""
        return configuration_page(self.store, width, wide=self.wide, chosen=self.chosen)

    def choose(self, name: str) -> None:
        """Explain the chosen setting too."""
        super().choose(name)
        self.redraw()

    def to_probe(self) -> None:
        """Go to the probe under the cursor."""
        name = self.chosen or ""
        made = self.store.probes.get(name.removeprefix(PREFIX)) if name.startswith(PREFIX) else None
        if made is None or made.observation is None:
            self.post_message(said("choose a probe below the settings with j and k first"))
        else:
            self.post_message(EvidenceWanted((f"obs:{made.observation.id}",)))

    def try_path(self) -> None:
        """Ask for a path."""
        framed(self).ask("path to try:", self._tried, value=self.store.desk.tried or "/")

    def _tried(self, path: str) -> None:
        path = path.strip()
        self.store.desk.tried = (path if path.startswith("/") else f"/{path}") if path else None
        self.redraw()

    def read_file(self) -> None:
        """Ask for a saved configuration."""
        framed(self).ask("file with the settings (az webapp show):", self._given)

    def switches(self) -> None:
        """Ask for the lab's switches."""
        self.post_message(SwitchesWanted())

    def _given(self, path: str) -> None:
        if path.strip():
            self.post_message(ConfigurationGiven(path.strip()))

    def copied(self) -> str:
        """Return the page, or the command that gets the settings where they were not read."""
        case = self.store.case
        if case is not None and case.configuration.source == "none":
            return show_command(case)
        return plain(self.text.lines)
