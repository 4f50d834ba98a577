"""What pages and screens ask of the app; none of them does it itself."""

from textual.message import Message

from probes.model import Probe


class Copied(Message):
    """This text is to be sent to the clipboard, and to a file unless ``to_file`` says that it must reach no disk."""

    def __init__(self, copied: str, *, to_file: bool = True) -> None:
        super().__init__()
        self.copied, self.to_file = copied, to_file


class StopAsked(Message):
    """The user wants nothing more to be sent."""


class AgainAsked(Message):
    """The user wants the case to be run again."""


class PaperWanted(Message):
    """The user wants to read something, by its name: ``compare``, ``script``, ``read``, ``reproduce``, ``causes``."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name


class SendAsked(Message):
    """The user wants these probes to be sent, one after the other."""

    def __init__(self, *probes: Probe) -> None:
        super().__init__()
        self.probes = probes


class AsClientAsked(Message):
    """The user wants to see what the client of this name would see."""

    def __init__(self, client: str) -> None:
        super().__init__()
        self.client = client


class AnswerGiven(Message):
    """The user answers a question of the tree; ``answer`` None takes an earlier answer back."""

    def __init__(self, node: str, answer: str | None) -> None:
        super().__init__()
        self.node, self.answer = node, answer


class DebugPathGiven(Message):
    """The user names the path of an endpoint that returns the headers that it received."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self.path = path


class Said(Message):
    """Something short is to be told in the line of the keys."""

    def __init__(self, words: str, glyph: str = "–", role: str = "primary") -> None:
        super().__init__()
        self.words, self.glyph, self.role = words, glyph, role


class ConfigurationGiven(Message):
    """The user names a file with the settings of the site."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self.path = path


class FormatWanted(Message):
    """The user wants a report in this format, for this audience, as a file."""

    def __init__(self, how: str, audience: str) -> None:
        super().__init__()
        self.how, self.audience = how, audience


class LimitAsked(Message):
    """The user wants to know the exact size at which the site starts to refuse."""


class VerifyAsked(Message):
    """The user wants to know whether the fix took effect."""


class EvidenceWanted(Message):
    """The user wants to see what these items of evidence speak of, such as ``obs:o7#status``."""

    def __init__(self, items: tuple[str, ...]) -> None:
        super().__init__()
        self.items = items


class SymptomGiven(Message):
    """The user says what the symptom is."""

    def __init__(self, symptom: str) -> None:
        super().__init__()
        self.symptom = symptom


class LabCommand(Message):
    """The user typed a command at the lab's prompt."""

    def __init__(self, typed: str) -> None:
        super().__init__()
        self.typed = typed


class SwitchesWanted(Message):
    """The user wants to see the lab's switches."""


class LabChanged(Message):
    """The user turned one of the lab's switches: this is merged into its state."""

    def __init__(self, body: dict[str, object]) -> None:
        super().__init__()
        self.body = body


class TargetGiven(Message):
    """The user names what to work on; ``options`` are those that stand for it, by their names on the command line."""

    def __init__(self, target: str, options: tuple[str, ...] = ()) -> None:
        super().__init__()
        self.target, self.options = target, options


class TicketTaken(Message):
    """The user takes a ticket of the lab, by its number."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number


class CaseWanted(Message):
    """The user wants to see an earlier case, kept in this file."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self.path = path
