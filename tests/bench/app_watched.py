"""The app on a target, which notes in a file when its run began and ended; the file is the first argument."""

import asyncio
import sys
import time
from pathlib import Path

import tui.app
from probes.progress import CaseFinished, ProbeStarted
from tui.app import Happened, TriageApp
from tui.commands.options import parse_options


class Watched(TriageApp):
    """Notes ``began SECONDS`` and ``over SECONDS`` of ``time.monotonic``, which all processes share."""

    CSS_PATH = str(Path(tui.app.__file__).parent / "screens" / "frame.tcss")
    notes: Path
    _under_way = False

    def on_happened(self, message: Happened) -> None:
        """Note the first probe and the end of each run; the app's own handler works beside this one."""
        if isinstance(message.event, ProbeStarted) and not self._under_way:
            self._note("began")
        elif isinstance(message.event, CaseFinished):
            self._note("over")

    def _note(self, word: str) -> None:
        self._under_way = word == "began"
        with self.notes.open("a", encoding="utf-8") as file:
            file.write(f"{word} {time.monotonic()}\n")


async def main(notes: str, target: str, *options: str) -> None:
    """Run the app until it is ended."""
    names = frozenset(word[2:].replace("-", "_") for word in options if word.startswith("--"))
    app = Watched(begin_with=lambda app: app.open(target, parse_options(list(options)), names))
    app.notes = Path(notes)
    await app.run_async()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
