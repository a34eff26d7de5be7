"""Explanations as a picture: a bar for each word, in the order of the text."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from io import BytesIO
from typing import Any

from bioweave.errors import ConfigurationError, MissingExtraError
from bioweave.explanation.record import Explanation
from bioweave.explanation.rendering.telling import verdict

MOST_PANELS = 12
_FOR, _AGAINST = "#3a78dc", "#dc6e14"
_WIDTH_OF_WORD, _LEAST_WIDTH = 0.32, 7.0  # inches
_HEIGHT_OF_PANEL = 3.2


def render_png(explanations: Sequence[Explanation]) -> bytes:
    """The picture, a panel for each explanation.

    Raises ConfigurationError for none or more than a dozen, and MissingExtraError where matplotlib
    is not installed.
    """
    if not 1 <= len(explanations) <= MOST_PANELS:
        raise ConfigurationError(
            f"a picture shows 1 to {MOST_PANELS} explanations, and here are {len(explanations)}: "
            "choose some with --span or --label, or write html or json"
        )
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ModuleNotFoundError as error:
        raise MissingExtraError(
            "matplotlib", extra="explain", needed_for="a picture of explanations"
        ) from error
    most_words = max(len(one.words) for one in explanations)
    width = max(_WIDTH_OF_WORD * most_words, _LEAST_WIDTH)
    figure = Figure(figsize=(width, _HEIGHT_OF_PANEL * len(explanations)), layout="constrained")
    FigureCanvasAgg(figure)
    panels = figure.subplots(len(explanations), squeeze=False)
    for one, axes in zip(explanations, panels[:, 0], strict=True):
        _draw(axes, one)
    target = BytesIO()
    with warnings.catch_warnings():
        # A word in a script that the font lacks is drawn as boxes, which says enough.
        warnings.filterwarnings("ignore", "Glyph .* missing from")
        figure.savefig(target, format="png", dpi=130)
    return target.getvalue()


def _draw(axes: Any, explanation: Explanation) -> None:
    weights = [word.weight for word in explanation.words]
    places = range(len(weights))
    axes.bar(places, weights, color=[_FOR if one > 0 else _AGAINST for one in weights])
    axes.axhline(0, color="black", linewidth=0.6)
    # A dollar sign would begin mathematics.
    names = [word.text.replace("$", r"\$") for word in explanation.words]
    axes.set_xticks(places, names, rotation=60, ha="right", rotation_mode="anchor", fontsize=8)
    for tick, word in zip(axes.get_xticklabels(), explanation.words, strict=True):
        if explanation.start <= word.start < explanation.end:
            tick.set_fontweight("bold")
    axes.set_ylabel("probability")
    axes.set_title(verdict(explanation).replace("$", r"\$"), fontsize=9, loc="left", wrap=True)
    axes.spines[["top", "right"]].set_visible(False)
    axes.margins(x=0.01)
