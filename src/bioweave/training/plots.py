"""Pictures of a run: the loss and the dev scores over time."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bioweave.training.progress import shown_name

Figures = Sequence[dict[str, Any]]


def plot_run(steps: Figures, evaluations: Figures, path: Path, score: str = "strict_f1") -> None:
    """Write a PNG with the training loss per step and the dev F1 of each corpus per epoch.

    `steps` hold `epoch` and `loss`, `evaluations` hold `epoch` and figures called after `score`.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10, 4), layout="constrained")
    FigureCanvasAgg(figure)
    left, right = figure.subplots(1, 2)
    left.plot([row["epoch"] for row in steps], [row["loss"] for row in steps], linewidth=1)
    left.set(xlabel="epoch", ylabel="training loss", yscale="log")
    names = sorted({name for row in evaluations for name in row if name.startswith(score)})
    for name in names:
        rows = [row for row in evaluations if name in row]
        label = name.removeprefix(score).strip("/") or "mean"
        right.plot(
            [row["epoch"] for row in rows], [row[name] for row in rows], marker="o", label=label
        )
    right.set(xlabel="epoch", ylabel=f"dev {shown_name(score)}")
    if names:
        right.legend()
    figure.savefig(path, dpi=120)
