"""A report's pictures: bars, curves, reliability, confusion, learning; a PNG each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bioweave.experiments.figures import panels_of, saved, with_legend

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Scores = Mapping[str, Any]

_CLASSES = ("B", "I", "O")
_MEASURES = ("precision", "recall", "f1")
# Up to this many models their bars bear figures; more would cover each other.
_MODELS_WITH_FIGURES = 4
_CONFUSIONS_IN_A_ROW = 3
# The share of right ones among fewer mentions is chance.
FEWEST_IN_BIN = 5
_COLOURS = tuple(f"C{number}" for number in range(10))


def draw_pictures(
    scores: Sequence[Scores], pasts: Sequence[Scores], folder: Path
) -> dict[str, str]:
    """Write the pictures; gives each file's name by what it shows: "words.CORPUS.SPLIT" ...

    Raises MissingExtraError where matplotlib is not installed.
    """
    drawn: dict[str, str] = {}
    places = dict.fromkeys((one["corpus"], one["split"]) for one in scores)
    for corpus, split in places:
        own = [one for one in scores if (one["corpus"], one["split"]) == (corpus, split)]
        for kind, draw in _KINDS.items():
            name = f"{kind}.{corpus}.{split}"
            drawn[name] = saved(draw(own), folder / f"{kind}-{corpus}-{split}.png")
    if any(one["steps"] or one["epochs"] for one in pasts):
        drawn["learning"] = saved(_learning(pasts), folder / "learning.png")
    return drawn


def _words(scores: Sequence[Scores]) -> Figure:
    """A panel for each class, in it precision, recall and F1, a bar for each model."""
    figure, panels = panels_of(1, len(_CLASSES), width=max(3.4, 1.6 + 0.55 * len(scores)))
    width = 0.8 / len(scores)
    lowest = 1.0
    for panel, name in zip(panels, _CLASSES, strict=True):
        for place, one in enumerate(scores):
            heights = [one["evaluation"]["tokens"][name][part] for part in _MEASURES]
            lowest = min(lowest, *heights)
            shift = width * (place - (len(scores) - 1) / 2)
            bars = panel.bar(
                [number + shift for number in range(len(_MEASURES))],
                heights,
                0.92 * width,
                color=_COLOURS[place % len(_COLOURS)],
                label=one["model"]["name"],
            )
            if len(scores) <= _MODELS_WITH_FIGURES:
                panel.bar_label(
                    bars,
                    [f"{100 * height:.1f}" for height in heights],
                    fontsize="x-small",
                    rotation=90 if len(scores) > 1 else 0,
                    padding=2,
                )
        panel.set_xticks(range(len(_MEASURES)), ["precision", "recall", "F1"])
        panel.set_title(f"{name} words")
    # Good models differ in the last tenth; a cut axis says where it begins.
    floor = 0.8 if lowest > 0.82 else 0.5 if lowest > 0.55 else 0.0
    for panel in panels:
        panel.set_ylim(floor, 1 + 0.16 * (1 - floor))
        panel.set_yticks([tick / 10 for tick in range(round(10 * floor), 11, 1 if floor else 2)])
    return with_legend(figure)


def _precision_recall(scores: Sequence[Scores]) -> Figure:
    labels = list(dict.fromkeys(label for one in scores for label in one["labels"]))
    figure, panels = panels_of(1, len(labels))
    for panel, label in zip(panels, labels, strict=True):
        for place, one in enumerate(scores):
            if label not in one["labels"]:
                continue
            curve = one["curves"][label]
            colour = _COLOURS[place % len(_COLOURS)]
            panel.plot(
                curve["recall"],
                curve["precision"],
                color=colour,
                linewidth=1.2,
                label=one["model"]["name"],
            )
            chosen = one["evaluation"]["mentions"]["strict"]["labels"][label]
            panel.plot(chosen["recall"], chosen["precision"], "o", color=colour)
        panel.set(title=label, xlabel="recall", xlim=(0, 1.01), ylim=(0, 1.01))
    panels[0].set_ylabel("precision (dot: as it annotates)")
    return with_legend(figure)


def _reliability(scores: Sequence[Scores]) -> Figure:
    figure, [panel] = panels_of(1, 1, width=5.0)
    panel.plot([0, 1], [0, 1], color="0.7", linestyle="--", linewidth=1)
    for place, one in enumerate(scores):
        bins = [each for each in one["calibration"] if each["n_predictions"] >= FEWEST_IN_BIN]
        panel.plot(
            [each["mean_confidence"] for each in bins],
            [each["accuracy"] for each in bins],
            marker="o",
            markersize=4,
            color=_COLOURS[place % len(_COLOURS)],
            label=one["model"]["name"],
        )
    panel.set(xlabel="confidence", ylabel="share that is right", xlim=(0, 1.02), ylim=(0, 1.02))
    return with_legend(figure)


def _confusion(scores: Sequence[Scores]) -> Figure:
    """A panel for each model; a cell's shade is its share of the row."""
    widest = max(len(one["confusion"]["tags"]) for one in scores)
    columns = min(len(scores), _CONFUSIONS_IN_A_ROW)
    rows = -(-len(scores) // columns)
    figure, panels = panels_of(rows, columns, width=1.6 + 0.75 * widest, height=1.6 + 0.6 * widest)
    for panel in panels[len(scores) :]:
        panel.set_axis_off()
    for panel, one in zip(panels, scores, strict=False):
        tags, words = one["confusion"]["tags"], one["confusion"]["words"]
        shares = [[count / (sum(row) or 1) for count in row] for row in words]
        panel.imshow(shares, cmap="Blues", vmin=0, vmax=1, aspect="auto")
        for down, row in enumerate(words):
            for across, count in enumerate(row):
                panel.text(
                    across,
                    down,
                    f"{count:,}",
                    ha="center",
                    va="center",
                    fontsize="x-small",
                    color="white" if shares[down][across] > 0.5 else "black",
                )
        panel.set_xticks(range(len(tags)), tags, rotation=45, ha="right")
        panel.set_yticks(range(len(tags)), tags)
        panel.set(title=one["model"]["name"], xlabel="found", ylabel="gold")
    return figure


def _learning(pasts: Sequence[Scores]) -> Figure:
    figure, panels = panels_of(1, 2, width=5.0)
    for place, one in enumerate(pasts):
        colour, name = _COLOURS[place % len(_COLOURS)], one["model"]["name"]
        losses, epochs = one["steps"], one["epochs"]
        panels[0].plot(
            [row["epoch"] for row in losses],
            [row["loss"] for row in losses],
            color=colour,
            linewidth=1,
            label=name,
        )
        panels[1].plot(
            [row["epoch"] for row in epochs],
            [row["strict_f1"] for row in epochs],
            color=colour,
            marker="o",
            label=name,
        )
    panels[0].set(xlabel="epoch", ylabel="training loss", yscale="log")
    panels[1].set(xlabel="epoch", ylabel="strict F1 on dev, mean")
    return with_legend(figure)


_KINDS: dict[str, Callable[[Sequence[Scores]], Figure]] = {
    "words": _words,
    "precision-recall": _precision_recall,
    "reliability": _reliability,
    "confusion": _confusion,
}
