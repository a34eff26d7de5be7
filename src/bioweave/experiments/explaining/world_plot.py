"""Words for and against each label as a picture."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bioweave.experiments.explaining.world_words import leading
from bioweave.experiments.figures import panels_of, saved

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_BARS = 12  # on either side
_FOR, _AGAINST = "#3a78dc", "#dc6e14"


def plot_world(summary: Mapping[str, Any], path: Path) -> None:
    """Write a PNG: for each label the heaviest words on either side, with their intervals.

    What speaks against a label is much lighter: each side has a scale of its own.
    """
    labels = {label: own for label, own in summary["labels"].items() if own} or {"no word": []}
    figure, panels = panels_of(2, len(labels), width=4.8, height=3.6)
    for number, (label, entries) in enumerate(labels.items()):
        speak_for, against = leading(entries, _BARS)
        _draw(panels[number], f"for {label}", _FOR, speak_for)
        _draw(panels[number + len(labels)], f"against {label}", _AGAINST, against)
    with warnings.catch_warnings():
        # A word in a script that the font lacks is drawn as boxes, which says enough.
        warnings.filterwarnings("ignore", "Glyph .* missing from")
        saved(figure, path)


def _draw(panel: Axes, title: str, colour: str, entries: Sequence[Mapping[str, Any]]) -> None:
    places = [-place for place in range(len(entries))]
    panel.barh(places, [one["weight"] for one in entries], color=colour)
    for place, one in zip(places, entries, strict=True):
        panel.plot(one["interval"], [place, place], color="0.3", linewidth=1)
    # A dollar sign would begin mathematics.
    names = [f"{one['word']} ({one['where']})".replace("$", r"\$") for one in entries]
    panel.set_yticks(places, names, fontsize=8)
    panel.axvline(0, color="black", linewidth=0.6)
    panel.set(title=title, xlabel="weight; lines: 95% of the mean")
