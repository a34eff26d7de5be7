"""F1 against how much was learned from, and what each variant has over the recipe."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from bioweave.experiments.figures import panels_of, saved, with_legend
from bioweave.experiments.runs.verdicts import count
from bioweave.experiments.studies.growing import Growth

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# So that marks of one size do not hide each other: the span of a size's marks, as a factor.
_SPREAD = 1.25


def plot_growth(growth: Growth, path: Path) -> None:
    """Write the PNG: F1 with its standard deviation over seeds, and differences with intervals."""
    figure, [scores, differences] = panels_of(1, 2, width=6.2, height=4.6)
    _draw_scores(growth, scores)
    _draw_differences(growth, differences)
    for panel in (scores, differences):
        panel.set_xscale("log")
        panel.set_xticks(
            [size.number for size in growth.sizes], [f"{size.number:g}" for size in growth.sizes]
        )
        panel.minorticks_off()
        panel.set_xlabel(f"{growth.unit} of {growth.corpus} train")
    saved(with_legend(figure), path)


def _draw_scores(growth: Growth, panel: Axes) -> None:
    for number, name in enumerate([growth.called, *growth.meanings]):
        own = [
            (size, one)
            for place, size in enumerate(growth.sizes)
            if (one := growth.of(place, name)) is not None
        ]
        panel.errorbar(
            [size.number for size, _ in own],
            [100 * one["mean"] for _, one in own],
            [100 * (one["deviation"] or 0.0) for _, one in own],
            label=name,
            color=_colour(number),
            marker="o",
            markersize=4,
            linewidth=1.2,
            capsize=2,
        )
    seeds = count(len(growth.summaries[0]["seeds"]), "seed")
    panel.set(ylabel="strict F1 on dev", title=f"{growth.recipe}, {seeds}")


def _draw_differences(growth: Growth, panel: Axes) -> None:
    panel.axhline(0, color="black", linewidth=1)
    n_others = max(len(growth.meanings) - 1, 1)
    for number, name in enumerate(growth.meanings):
        shift = _SPREAD ** (number / n_others - 0.5)
        for place, size in enumerate(growth.sizes):
            one = growth.of(place, name)
            if one is None:
                continue
            low, high = (100 * bound for bound in one["interval"])
            at = size.number * shift
            panel.plot([at, at], [low, high], color=_colour(number + 1), linewidth=1.2)
            panel.plot([at], [100 * one["difference"]], "o", color=_colour(number + 1), ms=4)
    panel.set(ylabel=f"points over {growth.called}", title="difference, with 95% intervals")


def _colour(number: int) -> str:
    return "black" if number == 0 else f"C{(number - 1) % 10}"
