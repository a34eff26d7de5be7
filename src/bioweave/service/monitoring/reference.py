"""What a model's documents looked like when all was well: histograms, kept with its bundle."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from bioweave.bundle.parts import replace_part
from bioweave.errors import BundleError
from bioweave.service.monitoring.histograms import Histogram, Tally
from bioweave.service.monitoring.signals import Places, Signal
from bioweave.whole_files import write_json

# A part of a bundle's folder, and the file in it.
REFERENCE_PART = "reference"
REFERENCE_FILE = "reference.json"
_FORMAT = 1

Origin = Literal["bundle", "traffic"]


@dataclass(frozen=True, slots=True, eq=False)
class Reference:
    """Histograms by signal of `n_documents` documents, `source` says of what.

    `origin` tells a bundle's own from one that a service has learned from what it was asked.
    """

    source: str
    n_documents: int
    histograms: Mapping[str, Histogram]
    origin: Origin = "bundle"

    def fitting(self, signals: Sequence[Signal]) -> Mapping[str, Histogram]:
        """The histograms whose bins are those of today; others cannot be compared."""
        return {
            signal.name: self.histograms[signal.name]
            for signal in signals
            if signal.name in self.histograms
            and self.histograms[signal.name].bins == signal.bins
            and self.histograms[signal.name].counts.any()
        }

    def to_json(self) -> dict[str, Any]:
        """As the file holds it."""
        return {
            "format_version": _FORMAT,
            "source": self.source,
            "documents": self.n_documents,
            "signals": {name: one.to_json() for name, one in self.histograms.items()},
        }


class ReferenceTally:
    """Counts documents for a reference."""

    def __init__(self, signals: Sequence[Signal]) -> None:
        self._tallies = {signal.name: Tally(signal.bins) for signal in signals}
        self.n_documents = 0

    def add(self, places: Places) -> None:
        """Count a document."""
        self.n_documents += 1
        for name, found in places.items():
            self._tallies[name].add(found)

    def reference(self, source: str, origin: Origin = "bundle") -> Reference:
        """What was counted."""
        histograms = {name: one.histogram() for name, one in self._tallies.items()}
        return Reference(source, self.n_documents, histograms, origin)


def bundle_reference(folder: Path | None) -> Reference | None:
    """The reference in a bundle's folder; None where it has none.

    Raises BundleError where it cannot be read.
    """
    path = None if folder is None else folder / REFERENCE_PART / REFERENCE_FILE
    return None if path is None or not path.is_file() else read_reference(path)


def read_reference(path: Path, origin: Origin = "bundle") -> Reference:
    """The reference in a file; raises BundleError where it holds none."""
    try:
        data = json.loads(path.read_bytes())
        if data["format_version"] != _FORMAT:
            raise BundleError(f"format {data['format_version']}, this bioweave reads {_FORMAT}")
        histograms = {str(name): Histogram.from_json(one) for name, one in data["signals"].items()}
        return Reference(str(data["source"]), int(data["documents"]), histograms, origin)
    except (BundleError, OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BundleError(
            f"{path}: no reference ({error}); `bioweave reference` records one"
        ) from error


def keep_reference(folder: Path, reference: Reference) -> None:
    """Make it part of the bundle in a folder, in the place of one that was there.

    Raises BundleError where the folder holds no bundle, or a damaged one.
    """
    told = {"source": reference.source, "documents": reference.n_documents}
    replace_part(
        folder,
        REFERENCE_PART,
        lambda part: write_json(part / REFERENCE_FILE, reference.to_json()),
        told,
    )
