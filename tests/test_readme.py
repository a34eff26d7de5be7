"""What the README shows works: Python is run, commands are run or at least known."""

from __future__ import annotations

import contextlib
import io
import re
import shlex
import shutil
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import pytest
from typer.main import get_command

from bioweave.cli.main import app

ROOT = Path(__file__).parents[1]


class Block(NamedTuple):
    kind: str
    content: str


def blocks(name: str) -> list[Block]:
    fences = re.findall(r"^```([^\n]*)\n(.*?)^```$", (ROOT / name).read_text("utf-8"), re.M | re.S)
    return [Block(kind.strip(), content) for kind, content in fences]


def commands(*kinds: str) -> list[str]:
    lines = [
        line.partition(" #")[0].strip()
        for block in blocks("README.md")
        if block.kind in kinds
        for line in block.content.splitlines()
    ]
    return [line for line in lines if line]


def test_python_prints_what_stands_below_it():
    names: dict[str, object] = {}
    compared = 0
    for block, below in pairwise([*blocks("README.md"), Block("", "")]):
        if block.kind != "python":
            continue
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(block.content, names)
        assert printed.getvalue().strip()
        if below.kind == "text":
            assert printed.getvalue().split() == below.content.split()
            compared += 1
    assert compared >= 1


@pytest.fixture(scope="module")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the examples in it; commands run one after the other, as a reader would."""
    folder = tmp_path_factory.mktemp("readme")
    shutil.copytree(ROOT / "examples", folder / "examples")
    return folder


@pytest.mark.parametrize("command", commands("sh"))
def test_command_runs(command, workplace):
    bioweave = f"{shlex.quote(sys.executable)} -m bioweave.cli"
    finished = subprocess.run(
        ["bash", "-c", re.sub(r"\bbioweave(?= \w)", lambda _: bioweave, command)],
        cwd=workplace,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr
    assert finished.stdout or "-o" in command or "convert" in command


@pytest.mark.parametrize(
    "command", [line for line in commands("sh no-run") if line.startswith("bioweave ")]
)
def test_command_and_its_options_exist(command):
    words = shlex.split(command)[1:]
    found = get_command(app)
    while hasattr(found, "commands"):
        assert words[0] in found.commands
        found = found.commands[words.pop(0)]
    known = {option for parameter in found.params for option in parameter.opts}
    assert {word for word in words if word.startswith("-")} <= known
