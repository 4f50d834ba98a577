"""Only tui/content.py makes Content from text: no other module hands a string to anything that parses markup."""

import ast
from pathlib import Path

import pytest
from textual.content import Content

from tui import content
from tui.drawing.parts import text

TUI = Path(content.__file__).parent
PARSES = {
    *("Static", "Label", "Button", "Checkbox", "RadioButton", "Option", "Tab", "TabPane", "Collapsible", "Tooltip"),
    *("notify", "update", "add_row", "add_column", "add_option", "add_options", "write", "set_title"),
    *("replace_option_prompt", "replace_option_prompt_at_index", "add_leaf", "append"),
}
TITLES = {"border_title", "border_subtitle", "tooltip"}
ONLY_IN_CONTENT = {"textual.content", "rich.markup", "textual.markup"}


def faults(source: str) -> list[str]:
    """Return what a module does that only tui/content.py may do."""
    tree = ast.parse(source)
    imports = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    imports += [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    found = [f"imports {name}" for name in imports if name in ONLY_IN_CONTENT]
    if not any(name.partition(".")[0] == "textual" for name in imports):
        return found
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in PARSES and node.args and not _safe(node.args[0]) and not _a_list(node):
                found.append(f"line {node.lineno}: {name}({ast.unparse(node.args[0])})")
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Attribute) and target.attr in TITLES and not _safe(node.value):
                    found.append(f"line {node.lineno}: {ast.unparse(node)}")
    return found


def _safe(value: ast.expr) -> bool:
    if isinstance(value, ast.Constant):
        return not (isinstance(value.value, str) and "[" in value.value)
    # rich's Text parses nothing; it is what is printed after a crash.
    return isinstance(value, ast.Call) and ast.unparse(value.func).startswith(("content.", "Text"))


def _a_list(node: ast.Call) -> bool:
    # A list's append is no widget's.
    return isinstance(node.func, ast.Attribute) and ast.unparse(node.func).endswith(("lines.append", "parts.append"))


@pytest.mark.parametrize("file", sorted(TUI.rglob("*.py")), ids=lambda file: str(file.relative_to(TUI)))
def test_no_other_module_makes_content(file: Path) -> None:
    if file != TUI / "content.py":
        assert faults(file.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "line",
    [
        "Static(f'{name}')",
        "Static(name)",
        "self.update(name + 'x')",
        "self.app.notify(str(fault))",
        "Label('[b]bold[/b]')",
        "self.border_title = name",
        "table.add_row(name, 'x')",
    ],
)
def test_the_check_finds_what_it_is_for(line: str) -> None:
    assert faults(f"from textual.app import App\n{line}\n") != []


def test_the_check_finds_the_forbidden_import() -> None:
    assert faults("from textual.content import Content\n") == ["imports textual.content"]


@pytest.mark.parametrize(
    "hostile",
    ["[/]", "[b]x", "[@click=app.quit]x[/]", "[ @click=app.quit]x[/]", "[$error]", "[O=Acme]", "end\\", "\\[x]"],
)
def test_text_stays_text(hostile: str) -> None:
    made = content.line(text(hostile))
    assert isinstance(made, Content)
    assert made.plain == hostile
    assert "@click" not in repr([span.style for span in made.spans])


@pytest.mark.parametrize("hostile", ["\x1b]0;x\x07", "\x9b31m", "a\u202eb", "\ud800", "nul\x00", "\u2028"])
def test_what_a_terminal_obeys_becomes_visible(hostile: str) -> None:
    assert content.page([text(hostile)]).plain.isprintable()


def test_a_role_that_does_not_exist_is_a_fault_and_not_a_colour() -> None:
    with pytest.raises(ValueError, match="unknown role"):
        content.line((("x", "[red]"),))
