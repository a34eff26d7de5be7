"""A check of explanations as a picture."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bioweave.experiments.figures import panels_of, saved, with_legend
from bioweave.explanation.checking import MEASURES

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_BASELINES = {"random": ("0.55", "--"), "mention first": ("black", ":")}


def plot_check(summary: Mapping[str, Any], path: Path) -> None:
    """Write a PNG: the mean probability under deletion and insertion, and the differences."""
    figure, [deletion, insertion, differences] = panels_of(1, 3, width=4.2, height=3.8)
    for panel, key, did in (
        (deletion, "deletion_curve", "hidden"),
        (insertion, "insertion_curve", "shown"),
    ):
        _draw_curves(summary, panel, key)
        panel.set(
            title=key.removesuffix("_curve"),
            xlabel=f"percent of words {did}",
            ylabel="probability, mean over mentions",
            ylim=(-0.02, 1.02),
        )
    _draw_differences(summary, differences)
    saved(with_legend(figure), path)


def _draw_curves(summary: Mapping[str, Any], panel: Axes, key: str) -> None:
    shares = [100 * one for one in summary["steps"]]
    for number, (name, one) in enumerate(summary["methods"].items()):
        panel.plot(shares, one[key], color=f"C{number}", label=name, marker="o", markersize=3)
    for name, one in summary["baselines"].items():
        colour, line = _BASELINES[name]
        panel.plot(shares, one[key], color=colour, linestyle=line, label=name)


def _draw_differences(summary: Mapping[str, Any], panel: Axes) -> None:
    """Each measure's difference to each baseline, turned so that right is better."""
    rows: list[str] = []
    panel.axvline(0, color="0.6", linewidth=1)
    for baseline in summary["baselines"]:
        for key, more_is_better in MEASURES.items():
            for number, one in enumerate(summary["methods"].values()):
                told = one["over"][baseline][key]
                sign = 1 if more_is_better else -1
                place = -len(rows) + 0.3 - 0.6 * number / max(len(summary["methods"]) - 1, 1)
                ends = [sign * bound for bound in told["interval"]]
                panel.plot(ends, [place, place], color=f"C{number}", linewidth=1.4)
                panel.plot([sign * told["difference"]], [place], "o", color=f"C{number}", ms=3)
            rows.append(f"{key}, {baseline}")
    panel.set_yticks([-place for place in range(len(rows))], rows, fontsize=7)
    panel.set(title="better than the baselines by", xlabel="probability, with 95% intervals")
