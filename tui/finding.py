"""A finding's text as the screens show it; asks the diagnosis for it only when it is first needed."""

from collections.abc import Callable
from dataclasses import dataclass

from probes.model import Case


@dataclass(frozen=True)
class FindingText:
    """What is said about one finding in one case; ``sentence`` is that of the verdict line, the rest is Markdown.

    ``ways`` are the names of tabs with their texts: the lasting fix in one tool each, and the reply to the customer.
    """

    title: str
    sentence: str
    cause: str = ""
    now: str = ""
    lasting: str = ""
    ways: tuple[tuple[str, str], ...] = ()
    costs: str = ""
    verify_command: str = ""


Render = Callable[[str, Case], FindingText]


def bare(slug: str) -> FindingText:
    """Return a text for a finding that the catalogue does not hold: its name in words, and nothing invented."""
    words = slug.replace("-", " ").capitalize()
    return FindingText(title=words, sentence=words)


def rendered(slug: str, case: Case) -> FindingText:
    """Return the catalogue's text of ``slug`` in the words of ``case``; :func:`bare` where it has none."""
    from probes.diagnosis import render  # reads the catalogue from disk: not before a verdict is there

    try:
        found = render(slug, case)
    except KeyError:
        return bare(slug)
    azure = (("az", found.az), ("Portal", found.portal), ("Bicep", found.bicep), ("ARM", found.arm))
    reply = (("Reply", found.reply),)
    # The first tab is for whoever can act: who reads the site in Azure can change it, all others can only tell.
    first = (*azure, *reply) if case.configuration.source == "arm" else (*reply, *azure)
    ways = (*first, ("Code", found.code))
    return FindingText(
        title=found.title,
        sentence=found.sentence,
        cause=found.cause,
        now=found.now,
        lasting=found.lasting,
        ways=tuple((name, text) for name, text in ways if text),
        costs=found.costs,
        verify_command=found.verify_command,
    )


def remembered(render: Render) -> Render:
    """Return ``render`` with a memory of the last case: screens ask for the same text many times a second."""
    texts: dict[str, FindingText] = {}
    last: Case | None = None

    def remembering(slug: str, case: Case) -> FindingText:
        nonlocal last
        if case is not last:
            texts.clear()
            last = case
        if slug not in texts:
            texts[slug] = render(slug, case)
        return texts[slug]

    return remembering
