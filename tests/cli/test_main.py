"""The command as a whole: its name, its help, and what becomes of an error."""

from __future__ import annotations

import subprocess
import sys

import pytest
import typer
from typer.testing import CliRunner

from bioweave import __version__
from bioweave.cli.main import ErrorsAsOneLine, app
from bioweave.errors import FormatError, MissingExtraError, Place

COMMANDS = (
    "annotate",
    "convert",
    "benchmark",
    "train",
    "pretrain",
    "evaluate",
    "errors",
    "card",
    "export",
    "encoders",
    "corpus",
)


def failing(error: BaseException) -> typer.Typer:
    failing_app = typer.Typer(cls=ErrorsAsOneLine)

    @failing_app.command()
    def fail() -> None:
        raise error

    @failing_app.command()
    def succeed() -> None:
        return

    return failing_app


def test_version():
    result = CliRunner().invoke(app, ["--version"])
    assert (result.exit_code, result.stdout) == (0, f"bioweave {__version__}\n")


def test_help_lists_every_command():
    shown = CliRunner().invoke(app, ["--help"]).stdout
    assert all(f" {command} " in shown for command in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(command):
    result = CliRunner().invoke(app, [command, "--help"])
    assert result.exit_code == 0
    assert f"{command}" in result.stdout


def test_unknown_command_is_wrong_usage():
    result = CliRunner().invoke(app, ["anotate"])
    assert result.exit_code == 2
    assert "annotate" in result.stderr


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (FormatError("not JSON", Place("a.jsonl", 3)), 2, "error: a.jsonl, line 3: not JSON\n"),
        (
            MissingExtraError("torch", extra="train", needed_for="it"),
            2,
            "error: it needs 'torch', which is not installed: pip install 'bioweave[train]'\n",
        ),
        (PermissionError(13, "Permission denied", "out"), 2, "error: out: Permission denied\n"),
        (KeyboardInterrupt(), 130, "interrupted: what was written stays\n"),
    ],
)
def test_errors_become_one_line(error, status, said):
    result = CliRunner().invoke(failing(error), ["fail"])
    assert (result.exit_code, result.stderr) == (status, said)


def test_defects_of_ours_keep_their_traceback():
    error = ZeroDivisionError("ours")
    assert CliRunner().invoke(failing(error), ["fail"]).exception is error


def test_module_runs_as_the_command_does():
    finished = subprocess.run(
        [sys.executable, "-m", "bioweave.cli", "--version"],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert finished.stdout == f"bioweave {__version__}\n"
