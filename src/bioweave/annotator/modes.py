"""What each mode asks of a mention: how sure of it the tagger has to be."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple, get_args

from bioweave.bundle import Manifest, ModeName
from bioweave.errors import ConfigurationError

MODES: tuple[ModeName, ...] = get_args(ModeName)

# Where a manifest says nothing of a mode and label.
DEFAULT_THRESHOLDS: Mapping[ModeName, float] = {"precision": 0.8, "balanced": 0.0, "recall": 0.25}
# The share of it that is asked of a mention whose name a lexicon knows.
_SHARE_FOR_KNOWN = 0.5
# What is less probable than that is beyond use, and there is no end of it.
LEAST_FLOOR = 0.001
# Below that no name of a lexicon is taken for the better boundaries of what the tagger found.
FLOOR_OF_KNOWN = 0.05


class Thresholds(NamedTuple):
    """The least confidence of a mention: of one whose name a lexicon knows, and of any other."""

    unknown: float
    known: float

    def of(self, is_known: bool) -> float:
        """The one that concerns it."""
        return self.known if is_known else self.unknown


@dataclass(frozen=True, slots=True)
class Mode:
    """The thresholds of a mode by label, and how deep the decoder has to look for them.

    `found` is asked of what the most probable tagging says, `others` of the spans beside it, of
    which there are none in a mode without `others`. `floor` is the least confidence of such
    spans that anyone will ask for; None where nobody does.
    """

    name: ModeName
    found: Mapping[str, Thresholds]
    others: Mapping[str, Thresholds]
    floor: float | None


def make_mode(
    name: str, manifest: Manifest, labels: Iterable[str], known_labels: Collection[str] = ()
) -> Mode:
    """The mode of this name for some of a bundle's labels.

    `known_labels` are those that a lexicon at hand has names of. Recall finds all that balanced
    does. Raises ConfigurationError for a name that no mode has.
    """
    mode = next((one for one in MODES if one == name), None)
    if mode is None:
        raise ConfigurationError(f"unknown mode {name!r}: it is one of {', '.join(MODES)}")
    labels = tuple(labels)
    found = {label: _thresholds(mode, manifest, label, known_labels) for label in labels}
    others: dict[str, Thresholds] = {}
    if mode == "recall":
        others = found
        balanced = make_mode("balanced", manifest, labels, known_labels).found
        found = {
            label: Thresholds(
                min(others[label].unknown, balanced[label].unknown),
                min(others[label].known, balanced[label].known),
            )
            for label in labels
        }
    depths = [min(thresholds) for thresholds in others.values()]
    if any(label in known_labels for label in labels):
        depths.append(FLOOR_OF_KNOWN)
    floor = max(min(depths), LEAST_FLOOR) if depths else None
    return Mode(mode, found, others, floor)


def named_labels(manifest: Manifest, labels: Iterable[str]) -> tuple[str, ...]:
    """The labels whose mentions known names may speak for.

    Where thresholds for known names were chosen, it is the labels that they were chosen for, since
    names do harm where annotators' boundaries follow none; otherwise all.
    """
    chosen = {label for table in manifest.lexicon_thresholds.values() for label in table}
    return tuple(label for label in labels if not chosen or label in chosen)


def _thresholds(
    mode: ModeName, manifest: Manifest, label: str, known_labels: Collection[str]
) -> Thresholds:
    plain = manifest.thresholds.get(mode, {}).get(label, DEFAULT_THRESHOLDS[mode])
    if label not in known_labels:
        return Thresholds(plain, plain)
    given = manifest.lexicon_thresholds.get(mode, {}).get(label)
    if given is None:
        return Thresholds(plain, _SHARE_FOR_KNOWN * plain)
    return Thresholds(given.unknown, given.known)
