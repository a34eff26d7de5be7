"""Summaries of commands, from their files to what they are summaries of."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bioweave.errors import ConfigurationError

Summary = Mapping[str, Any]

# What each command's summary has at least, where it came to its end.
_KEYS = {
    "fuse": ("members", "dev"),
    "ablate": ("study", "called", "learned_from", "whole", "variants", "seeds"),
    "cross-validate": ("folds", "out_of_fold", "trials"),
    "tune": ("space", "trials", "best", "importance", "before"),
    "explain --check": ("methods", "baselines", "agreement", "stability", "bins", "steps"),
}


def read_summaries(files: Sequence[Path]) -> dict[str, list[Summary]]:
    """The summaries by kind: a command's name, or for `ablate` that of its study.

    Raises ConfigurationError for a file that is no summary of a command that pages are made of.
    """
    found: dict[str, list[Summary]] = {}
    for path in files:
        summary = _read(path)
        kind = summary["study"] if summary["command"] == "ablate" else summary["command"]
        found.setdefault(kind, []).append(summary)
    return found


def _read(path: Path) -> Summary:
    try:
        summary = json.loads(path.read_bytes())
    except FileNotFoundError:
        raise ConfigurationError(f"{path}: there is no such file") from None
    except ValueError as error:
        raise ConfigurationError(f"{path}: not valid JSON: {error}") from error
    if not isinstance(summary, dict) or not isinstance(summary.get("command"), str):
        raise ConfigurationError(
            f"{path}: no summary of {', '.join(_KEYS)}: `--json` or `--brief` prints one"
        )
    command = summary["command"]
    if command not in _KEYS:
        raise ConfigurationError(f"{path}: is of {command}; pages are made of {', '.join(_KEYS)}")
    missing = [key for key in _KEYS[command] if key not in summary]
    if missing:
        raise ConfigurationError(
            f"{path}: the summary of {command} has no {missing[0]!r}; make it anew by calling the "
            "command again, which trains nothing that is done"
        )
    return summary
