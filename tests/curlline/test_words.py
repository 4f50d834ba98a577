"""Splitting a pasted line: bash and Python's own quoting are the witnesses, and nothing typed can break it."""

import json
import shlex
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.curlline.words import shell_of, split
from probes.errors import UsageFault
from tests.peers.need import need

PLAIN = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=20)
WITNESS = "import json,sys; print(json.dumps(sys.argv[1:]))"


def texts(command: str) -> list[str]:
    return [word.text for word in split(command)]


@given(st.lists(PLAIN, max_size=6))
def test_what_python_quotes_for_a_posix_shell_comes_back(words: list[str]) -> None:
    line = shlex.join(["curl", *words])
    if shell_of(line) == "posix":
        assert texts(line) == words


@given(st.lists(PLAIN.map(lambda text: text.replace("^", "").replace("`", "")), max_size=6))
def test_what_python_quotes_for_windows_comes_back(words: list[str]) -> None:
    line = subprocess.list2cmdline(["curl.exe", *words])
    # A caret at the end of a line is what tells cmd.exe from the others.
    assert texts(_caret(line) + " ^\n --silent") == [*words, "--silent"]


def _caret(line: str) -> str:
    """Escape for cmd.exe as browsers do that copy a request: every quote and every special character."""
    return "".join(f"^{char}" if char in '"|&<>()%!^' else char for char in line)


POSIX = [
    r"""curl https://h/a -H 'A: b c' --data "x \"y\" \$z" """,
    "curl https://h/a \\\n  -d a \\\n  --cert 'c d.pem'",
    r"curl -d $'a\nb\x41\u00e9\101' https://h",
    r"curl a\ b 'it'\''s' \'",
    "FOO=1 curl -s https://h | jq . > out",
    "cat x | curl --data-binary @- https://h 2>&1",
    "curl https://h >/dev/null 2>/dev/null -v",
    "curl -o a https://h && echo done; curl second",
    '/usr/bin/curl "https://h/?a=1&b=2"',
]


@pytest.mark.parametrize("line", POSIX)
def test_bash_splits_it_in_the_same_way(line: str, tmp_path: object) -> None:
    bash = need("bash")
    script = f'curl() {{ {shlex.quote(sys.executable)} -c {shlex.quote(WITNESS)} "$@" >&7; exit; }}\n'
    line = line.replace("/usr/bin/curl", "curl")
    setting = f"exec 7>&1 </dev/null; jq() {{ cat >/dev/null; }}; cd {shlex.quote(str(tmp_path))}; touch x\n"
    command = f"{setting}{script}{line}"
    done = subprocess.run([bash, "-c", command], capture_output=True, text=True, timeout=20, check=False)
    assert texts(line) == json.loads(done.stdout.splitlines()[0])


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('curl ^"https://h/?a=1^&b=2^" ^\n  -H ^"Accept: x^" ^\n  --data-raw ^"^{^\\^"a^\\^": 1^}^"',
         ["https://h/?a=1&b=2", "-H", "Accept: x", "--data-raw", '{"a": 1}']),
        ("curl.exe https://h `\n  -H 'it''s' `\n  -d \"a`\"b\"\"c\"", ["https://h", "-H", "it's", "-d", 'a"b"c']),
        ('curl ^"a\\\\^" ^\n b', ["a\\", "b"]),
    ],
)  # fmt: skip
def test_windows_shells(line: str, words: list[str]) -> None:
    assert texts(line) == words


def test_what_the_shell_would_have_put_in_is_marked() -> None:
    found = {word.text: word.expands for word in split("curl \"$A\" '$B' $(c d) \\$d `e f` ${g} f")}
    wanted = {"$A": True, "$B": False, "$(c d)": True, "$d": False, "`e f`": True, "${g}": True, "f": False}
    assert found == wanted


@pytest.mark.parametrize(
    "line", ["curl 'a", 'curl "a', "curl $'a", "wget https://h", "", 'curl ^\n "a', "curl `\n 'a"]
)
def test_what_is_no_whole_command_is_refused(line: str) -> None:
    with pytest.raises(UsageFault):
        split(line)


@given(st.text(max_size=80))
def test_any_text_is_split_or_refused(text: str) -> None:
    for line in (f"curl {text}", f"curl ^\n{text}", f"curl `\n{text}", text):
        try:
            split(line)
        except UsageFault:
            continue
