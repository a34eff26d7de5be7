"""What is wrong in a corpus's files, and what a reader did about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class Action(StrEnum):
    """What became of the thing that a defect is about."""

    KEPT = "kept"  # as the file has it
    REPAIRED = "repaired"  # read as it was clearly meant
    DROPPED = "dropped"  # not in the documents


@dataclass(frozen=True, slots=True)
class Defect:
    """One thing that is wrong, or odd, in a corpus's files.

    `kind` groups defects of one sort; `document` is a document's id or, where there is none, a
    file's name; `detail` says what was found there.
    """

    kind: str
    action: Action
    split: str
    document: str
    detail: str


DefectSink = Callable[[Defect], None]
"""What a reader reports each defect to, as it goes."""


@dataclass(frozen=True, slots=True)
class Reporter:
    """Reports the defects of one document."""

    sink: DefectSink
    split: str
    document: str

    def tell(self, kind: str, action: Action, detail: str) -> None:
        """Report one defect."""
        self.sink(Defect(kind, action, self.split, self.document, detail))
