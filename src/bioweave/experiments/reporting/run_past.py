"""How a run came to its weights: losses by step, dev scores by epoch."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

# A picture is some hundred points wide.
_POINTS = 400


def run_past(run: Path) -> dict[str, Any]:
    """Under "steps" epoch and loss, thinned; under "epochs" epoch and strict F1 of each corpus."""
    steps = [
        {name: row[name] for name in ("step", "epoch", "loss") if name in row}
        for row in read_lines(run / "steps.jsonl")
        if "loss" in row and "epoch" in row
    ]
    epochs = [
        {
            name: value
            for name, value in row.items()
            if name in ("step", "epoch") or name.startswith("strict_f1")
        }
        for row in read_lines(run / "epochs.jsonl")
    ]
    stride = -(-len(steps) // _POINTS) or 1
    return {"steps": steps[::stride], "epochs": epochs}


def read_lines(path: Path) -> list[dict[str, Any]]:
    """The objects of a file with one a line; none where there is no file."""
    if not path.is_file():
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]
