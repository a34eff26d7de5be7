"""A picture of what thresholds trade: precision against recall, with each mode's point."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from bioweave.errors import MissingExtraError
from bioweave.experiments.mode_spans import JudgedSpans

_COLOURS = {"precision": "tab:blue", "balanced": "tab:green", "recall": "tab:red"}


class Curve(NamedTuple):
    """Precision and recall of one label on one corpus, for thresholds that fall from 1."""

    corpus: str
    label: str
    precision: npt.NDArray[np.float64]
    recall: npt.NDArray[np.float64]


def curves(spans: Sequence[JudgedSpans]) -> Iterator[Curve]:
    """A curve for each corpus and label, through every span by falling confidence.

    What the most probable tagging left out is among them, so that a curve goes on beyond all that
    was found.
    """
    for one in spans:
        for place, label in enumerate(one.labels):
            own = one.label == place
            order = np.argsort(-one.confidence[own], kind="stable")
            n_right = one.is_right[own][order].cumsum()
            n_taken = np.arange(1, len(order) + 1)
            n_gold = max(int(one.n_gold[place]), 1)
            yield Curve(one.corpus, label, n_right / n_taken, n_right / n_gold)


def plot_modes(report: Mapping[str, Any], spans: Sequence[JudgedSpans], path: Path) -> None:
    """Write a PNG: a panel for each corpus and label with its curve and the modes' three points.

    `report` is that of `choose_modes`. Raises MissingExtraError where matplotlib is not installed.
    """
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ModuleNotFoundError as error:
        raise MissingExtraError("matplotlib", extra="train", needed_for="a picture") from error

    drawn = list(curves(spans))
    figure = Figure(figsize=(4.6 * len(drawn), 4.2), layout="constrained")
    FigureCanvasAgg(figure)
    panels = figure.subplots(1, len(drawn), squeeze=False)[0]
    for panel, curve in zip(panels, drawn, strict=True):
        panel.plot(curve.recall, curve.precision, color="0.4", linewidth=1)
        for kind, marker in (("modes", "o"), ("modes_with_names", "^")):
            for mode, scores in report["corpora"][curve.corpus].get(kind, {}).items():
                score = scores["labels"][curve.label]
                name = f"{mode}, with names" if marker == "^" else mode
                panel.plot(
                    score["recall"],
                    score["precision"],
                    marker,
                    color=_COLOURS[mode],
                    label=f"{name}: F1 {100 * score['f1']:.1f}",
                )
        panel.set(
            title=f"{curve.corpus}, {curve.label}",
            xlabel="recall",
            ylabel="precision",
            xlim=(0.5, 1),
            ylim=(0.5, 1),
        )
        panel.legend(loc="lower left", fontsize="small")
    figure.savefig(path, dpi=120)
