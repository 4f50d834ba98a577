"""Builds and calls the client programs that are not Python's: Node, axios, newman, Java, Go."""

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from functools import cache
from pathlib import Path

from tests.clients.order import Got, Order, run_program
from tests.peers.need import missing, need

PROGRAMS = Path(__file__).parent / "programs"
PACKAGES = {"axios": "axios@1.13", "newman": "newman@6.2", "express": "express@5.1"}
_BUILD_S = 150


def _made(name: str, command: Sequence[str], env: dict[str, str]) -> Path:
    """Return a folder in which ``command`` has run once; later runs and other processes find it as it is.

    The command runs in a folder beside it that is renamed when it is whole.
    """
    folder = Path(tempfile.gettempdir()) / f"mtls-triage-tests-{os.getuid()}" / name
    if folder.exists():
        return folder
    folder.parent.mkdir(mode=0o700, exist_ok=True)
    work = Path(tempfile.mkdtemp(dir=folder.parent))
    try:
        done = subprocess.run(
            list(command),
            cwd=work,
            capture_output=True,
            text=True,
            timeout=_BUILD_S,
            env={**os.environ, **env},
            check=False,
        )
        if done.returncode != 0:
            missing(f"{command[0]} could not make {name}: {done.stderr.strip()[-300:]}")
        try:
            work.rename(folder)
        except OSError:
            assert folder.exists()
    except subprocess.TimeoutExpired:
        missing(f"{command[0]} did not make {name} in {_BUILD_S} s")
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return folder


def _stamp(*files: Path) -> str:
    return "-".join(str(int(file.stat().st_mtime)) for file in files)


@cache
def node_modules(package: str) -> Path:
    """Return the node_modules folder with one package; a skip (in CI a failure) where npm cannot get it."""
    version = PACKAGES[package]
    command = [need("npm"), "install", "--no-fund", "--no-audit", "--ignore-scripts", "--prefix", ".", version]
    return _made(version.replace("@", "-"), command, {}) / "node_modules"


def by_node(order: Order) -> Got:
    return run_program([need("node"), str(PROGRAMS / "node_https.js")], order)


def by_axios(order: Order) -> Got:
    modules = str(node_modules("axios"))
    return run_program([need("node"), str(PROGRAMS / "axios_post.js")], order, {"NODE_PATH": modules})


def by_newman(order: Order) -> Got:
    modules = str(node_modules("newman"))
    return run_program([need("node"), str(PROGRAMS / "newman_post.js")], order, {"NODE_PATH": modules})


@cache
def _java_classes() -> Path:
    source = PROGRAMS / "JavaPost.java"
    return _made(f"java-{_stamp(source)}", [need("javac"), "-d", ".", str(source)], {})


def by_java(order: Order) -> Got:
    command = [need("java"), "-Xshare:auto", "-XX:TieredStopAtLevel=1", "-cp", str(_java_classes()), "JavaPost"]
    lines = "\n".join(f"{name}={_plain(value)}" for name, value in asdict(order).items())
    done = subprocess.run(command, input=lines, capture_output=True, text=True, timeout=order.seconds + 20)
    said = json.loads(done.stdout.splitlines()[-1])
    return Got(said["status"], said["error"])


def _plain(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


@cache
def _go_program() -> Path:
    source = PROGRAMS / "gopost.go"
    env = {"GO111MODULE": "off", "GOFLAGS": "", "GOPROXY": "off", "GOCACHE": f"{tempfile.gettempdir()}/mtls-go-cache"}
    return _made(f"go-{_stamp(source)}", [need("go"), "build", "-o", "gopost", str(source)], env) / "gopost"


def by_go(order: Order) -> Got:
    return run_program([str(_go_program())], order)
