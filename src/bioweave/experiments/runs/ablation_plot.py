"""An ablation as a picture: what each switch changes, and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bioweave.experiments.figures import panels_of, saved
from bioweave.experiments.runs.verdicts import count, listed


def plot_ablation(summary: Mapping[str, Any], path: Path) -> None:
    """Write a PNG: a line for each switch, its difference in F1 and the 95% interval."""
    rows = sorted(summary["variants"], key=lambda one: -one["difference"])
    figure, [panel] = panels_of(1, 1, width=8, height=1.4 + 0.32 * len(rows))
    panel.axvline(0, color="0.6", linewidth=1)
    for place, one in enumerate(rows):
        low, high = (100 * bound for bound in one["interval"])
        colour = "tab:green" if low > 0 else "tab:red" if high < 0 else "0.4"
        panel.plot([low, high], [place, place], color=colour, linewidth=2)
        panel.plot([100 * one["difference"]], [place], "o", color=colour)
    panel.set_yticks(range(len(rows)), [one["meaning"] for one in rows])
    panel.set(
        xlabel="strict F1 less that of the recipe, in points",
        title=f"{summary['recipe']}, {listed(summary['corpora'])} dev, "
        f"{count(len(summary['seeds']), 'seed')}",
    )
    saved(figure, path)
