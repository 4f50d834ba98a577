"""``mtls-triage findings``: the causes that can be named, or one of them in full."""

from typing import TYPE_CHECKING, Any

import click

from tui.commands.options import SYMPTOMS

if TYPE_CHECKING:
    from probes.diagnosis import Finding


@click.command("findings", context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("name", required=False, metavar="[NAME]")
@click.option("--tree", is_flag=True, help="Draw the questions and where each answer leads.")
@click.option("--mermaid", is_flag=True, help="With --tree: as Mermaid flowcharts.")
@click.option("--symptom", type=click.Choice(SYMPTOMS), help="With --tree: of this symptom only.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(name: str | None, tree: bool, mermaid: bool, symptom: Any, as_json: bool) -> int:
    """List the causes that can be named, the one to be fixed first in front, or print one of them.

    NAME is the finding's name as a verdict prints it. Raises UsageFault when no finding is called so.
    """
    from probes.diagnosis import catalogue

    if (mermaid or symptom) and not tree:
        raise click.UsageError("--mermaid and --symptom belong to --tree.")
    if tree and name is not None:
        raise click.UsageError("--tree draws all findings; leave NAME out.")
    if tree:
        click.echo(_tree(symptom, mermaid=mermaid, as_json=as_json))
        return 0
    if name is None:
        found = catalogue()
        click.echo(_json([_brief(one) for one in found]) if as_json else _table(found))
        return 0
    one = _find(name)
    click.echo(_json(_whole(one)) if as_json else page(one))
    return 0


def _tree(symptom: Any, *, mermaid: bool, as_json: bool) -> str:
    from probes.diagnosis.charts import as_data, as_mermaid, as_text, charts

    found = charts(symptom=symptom)
    if as_json:
        return _json(as_data(found))
    return as_mermaid(found) if mermaid else as_text(found)


def _find(name: str) -> "Finding":
    import difflib

    from probes.diagnosis import catalogue
    from probes.errors import UsageFault
    from probes.printable import printable

    slugs = {one.slug: one for one in catalogue()}
    wanted = name.strip().lower().replace("_", "-").replace(" ", "-")
    if wanted in slugs:
        return slugs[wanted]
    near = difflib.get_close_matches(wanted, slugs, n=1, cutoff=0.4)
    hint = f"did you mean {near[0]}?" if near else "list them with: mtls-triage findings"
    raise UsageFault(f"no finding is called {printable(name, limit=60)!r}; {hint}")


def _brief(one: "Finding") -> dict[str, Any]:
    return {
        "name": one.slug,
        "kind": one.kind,
        "title": one.title,
        "sentence": one.sentence,
        "rank": one.rank,
        "requires": list(one.requires),
        "explains": list(one.explains),
        "supersedes": list(one.supersedes),
        "confidence": one.confidence,
    }


def _whole(one: "Finding") -> dict[str, Any]:
    from probes.diagnosis import generic

    return _brief(one) | {"sections": generic(one)}


def _json(value: object) -> str:
    import json

    return json.dumps(value, indent=2, ensure_ascii=False)


def _table(found: tuple["Finding", ...]) -> str:
    width = max(len(one.slug) for one in found)
    kinds = max(len(_kind(one)) for one in found)
    return "\n".join(f"{one.slug:<{width}}  {_kind(one):<{kinds}}  {one.sentence}" for one in found)


def _kind(one: "Finding") -> str:
    return "" if one.kind == "none" else one.kind


def page(one: "Finding") -> str:
    """Return everything about one finding for a person at a terminal."""
    from probes.diagnosis import generic
    from tui.report_text import prose

    kind = f"{_kind(one)}, " if _kind(one) else ""
    lines = [
        click.style(one.title, bold=True),
        f"{one.slug}  ({kind}at most {one.confidence})",
        "",
        one.sentence + ".",
    ]
    if one.explains:
        lines.append(f"Explains: {', '.join(one.explains)}")
    if one.requires:
        lines.append(f"Named only when it is known: {', '.join(one.requires)}")
    if one.supersedes:
        lines.append(f"Stands in place of: {', '.join(one.supersedes)}")
    for title, text in generic(one).items():
        lines += ["", click.style(title, bold=True), prose(text)]
    return "\n".join(lines)
