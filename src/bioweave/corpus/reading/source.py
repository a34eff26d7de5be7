"""What a reader is: one corpus's files -> its documents."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Protocol

from bioweave.corpus.defects import DefectSink
from bioweave.document import Document


class Reader(Protocol):
    """Reads one corpus in its own layout; knows where in the corpus's folder its files lie."""

    @property
    def splits(self) -> tuple[str, ...]:
        """The splits that the corpus comes with, in the order train, dev, test."""
        ...

    def files(self, folder: Path, split: str) -> Sequence[Path]:
        """The files that a split is read from, in a fixed order; they need not exist."""
        ...

    def read(self, folder: Path, split: str, report: DefectSink) -> Iterable[Document]:
        """The documents of a split, in the files' order. What is wrong goes to `report`."""
        ...
