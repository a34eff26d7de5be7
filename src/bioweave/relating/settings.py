"""What is asked about a document, and how it is shown to the graph."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from bioweave.errors import ConfigurationError

Between: TypeAlias = Literal["mentions", "concepts"]
Role: TypeAlias = Literal["head", "tail"]

ROLES: tuple[Role, Role] = ("head", "tail")

# Marks of 2 ends with this many mentions each, the special pieces, and some text.
SMALLEST_WINDOW = 96


@dataclass(frozen=True, slots=True)
class RelationTask:
    """One set of relations between two kinds of things: CDR's, ChemProt's or DrugProt's, say.

    `head` and `tail` are labels of mentions. Between *mentions* each pair within a sentence is a
    question of its own; between *concepts* a pair is asked about once a document, wherever its
    mentions are. Of one pair each of `labels` may hold, or none.
    """

    name: str
    labels: tuple[str, ...]
    head: str
    tail: str
    between: Between = "mentions"

    def __post_init__(self) -> None:
        """Raise ConfigurationError for a task without labels, or with one twice."""
        if not self.labels or len(set(self.labels)) < len(self.labels):
            raise ConfigurationError(f"relation task {self.name!r} needs labels, each of them once")
        if self.between not in ("mentions", "concepts"):
            raise ConfigurationError(
                f"relation task {self.name!r}: between is {self.between!r}; it is mentions or "
                "concepts"
            )


@dataclass(frozen=True, slots=True)
class RelationWindows:
    """How much of a document is read for one pair at once; training and use have to agree on it.

    `max_pieces` counts special pieces and marks.
    """

    max_pieces: int = 256

    def __post_init__(self) -> None:
        """Raise ConfigurationError for windows that cannot hold the marks of a pair."""
        if self.max_pieces < SMALLEST_WINDOW:
            raise ConfigurationError(
                f"windows.max_pieces is {self.max_pieces}; a pair needs {SMALLEST_WINDOW}"
            )


@dataclass(frozen=True, slots=True)
class Markers:
    """The pieces that stand before and after the mentions in question: four for each label.

    They are rows of the encoder's embeddings from `first` on, behind all that its tokenizer knows.
    """

    labels: tuple[str, ...]
    first: int

    def __len__(self) -> int:
        return 4 * len(self.labels)

    def around(self, role: Role, label: str) -> tuple[int, int]:
        """The pieces before and after a mention."""
        opening = self.first + 4 * self.labels.index(label) + 2 * ROLES.index(role)
        return opening, opening + 1


def marked_labels(tasks: Sequence[RelationTask]) -> tuple[str, ...]:
    """The labels of mentions that may be an end of a relation, each once."""
    return tuple(dict.fromkeys(label for task in tasks for label in (task.head, task.tail)))


def columns(tasks: Sequence[RelationTask]) -> Iterator[slice]:
    """Where each task's labels stand in a row of scores."""
    start = 0
    for task in tasks:
        yield slice(start, start + len(task.labels))
        start += len(task.labels)
