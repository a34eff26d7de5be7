"""Curves and thresholds of a run, as JSON."""

from __future__ import annotations

from pathlib import Path

from bioweave.errors import ConfigurationError
from bioweave.relating import Calibrator, Deciding
from bioweave.whole_files import read_json, write_json


def write_deciding(path: Path, deciding: Deciding) -> None:
    """Write them, in the order of the recipe's labels."""
    write_json(
        path,
        {
            "slopes": deciding.calibrator.slopes,
            "shifts": deciding.calibrator.shifts,
            "thresholds": deciding.thresholds,
        },
    )


def read_deciding(path: Path) -> Deciding:
    """Read them. Raises ConfigurationError where the file is missing or damaged."""
    found = read_json(path)
    if not isinstance(found, dict) or found.keys() != {"slopes", "shifts", "thresholds"}:
        raise ConfigurationError(
            f"{path}: missing or damaged; go on with `bioweave train --resume`, which writes it"
        )
    calibrator = Calibrator(tuple(found["slopes"]), tuple(found["shifts"]))
    return Deciding(calibrator, tuple(found["thresholds"]))
