"""An ablation as a picture: what each switch changes, and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

from bioweave.whole_files import write_whole


def plot_ablation(summary: Mapping[str, Any], path: Path) -> None:
    """Write a PNG: a line for each switch, its difference in F1 and the 95% interval."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    rows = sorted(summary["variants"], key=lambda one: -one["difference"])
    figure = Figure(figsize=(8, 1.4 + 0.32 * len(rows)), layout="constrained")
    FigureCanvasAgg(figure)
    panel = figure.subplots()
    panel.axvline(0, color="0.6", linewidth=1)
    for place, one in enumerate(rows):
        low, high = (100 * bound for bound in one["interval"])
        colour = "tab:green" if low > 0 else "tab:red" if high < 0 else "0.4"
        panel.plot([low, high], [place, place], color=colour, linewidth=2)
        panel.plot([100 * one["difference"]], [place], "o", color=colour)
    panel.set_yticks(range(len(rows)), [one["meaning"] for one in rows])
    seeds = len(summary["seeds"])
    panel.set(
        xlabel="strict F1 less that of the recipe, in points",
        title=f"{summary['recipe']}, {', '.join(summary['corpora'])} dev, "
        f"{seeds} seed{'s' if seeds > 1 else ''}",
    )
    picture = BytesIO()
    figure.savefig(picture, format="png", dpi=120)
    write_whole(path, picture.getvalue())
