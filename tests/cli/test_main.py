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
    "link",
    "relate",
    "rules",
    "benchmark",
    "train",
    "distil",
    "pretrain",
    "train-linker",
    "evaluate",
    "fuse",
    "cross-validate",
    "ablate",
    "tune",
    "report",
    "promote",
    "modes",
    "errors",
    "card",
    "export",
    "encoders",
    "corpus",
    "lexicon",
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


def test_an_interrupt_that_a_compiled_module_met_is_one():
    error = ImportError("initialization failed")
    assert CliRunner().invoke(failing(error), ["fail"]).exception is error
    error.__cause__ = KeyboardInterrupt()
    assert CliRunner().invoke(failing(error), ["fail"]).exit_code == 130


@pytest.mark.parametrize("module", ["typer", "bioweave.cli.annotate", "onnxruntime", "numpy"])
def test_interrupts_while_modules_are_imported_leave_no_traceback(module):
    starting = (
        "import os, signal, sys\n"
        # Whoever runs the tests in a shell's background has Ctrl-C ignored, and so have they.
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "class Interrupting:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        f"        if name == {module!r}:\n"
        "            os.kill(os.getpid(), signal.SIGINT)\n"
        "sys.meta_path.insert(0, Interrupting())\n"
        "sys.argv = ['bioweave', 'annotate', '-']\n"
        "from bioweave.cli.entry import main\n"
        "main()\n"
    )
    finished = subprocess.run(
        [sys.executable, "-c", starting], input="gout", capture_output=True, text=True, timeout=60
    )
    assert finished.returncode == 130
    assert finished.stderr.startswith("interrupted")
    assert finished.stderr.count("\n") == 1


def test_the_entry_imports_nothing_else():
    counting = (
        "import sys; before = set(sys.modules)\n"
        "import bioweave.cli.entry\n"
        "print(*sorted(set(sys.modules) - before))\n"
    )
    finished = subprocess.run(
        [sys.executable, "-c", counting], capture_output=True, text=True, check=True, timeout=60
    )
    # The interpreter's own, which comes with `from __future__`.
    imported = set(finished.stdout.split()) - {"__future__"}
    assert imported == {"bioweave", "bioweave.cli", "bioweave.cli.entry"}
