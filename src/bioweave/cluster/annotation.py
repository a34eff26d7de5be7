"""Documents of a shard through an annotator; one that cannot be annotated goes by itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from bioweave.cluster.reading import Found
from bioweave.cluster.tries import Tries
from bioweave.document import Document, Sentence
from bioweave.errors import BioweaveError, InputError

if TYPE_CHECKING:
    from bioweave.annotator.relations import RelatingAnnotator
    from bioweave.cluster.job import AnyAnnotator
    from bioweave.relating.tally import RelatingTally

# Enough that the annotator's own chunks stay full, little enough to be held at once.
_DOCUMENTS_AT_ONCE = 256
_CHARACTERS_AT_ONCE = 800_000


# What any annotator that is well makes something of; no document of the run.
_PROBE = Document("probe", "The patient took aspirin for gout, and it helped.")
# What libraries say that have no MemoryError of their own.
_NO_MEMORY = re.compile(
    r"failed to allocate|bad[_ ]alloc|out of memory|alloc_failed|insufficient memory", re.IGNORECASE
)


class SickWorkerError(BioweaveError):
    """An annotator fails whatever it is given: no document is to blame, another worker may do."""


@dataclass(frozen=True, slots=True)
class Annotated:
    """A document with its mentions and relations, and its sentences."""

    found: Found
    document: Document
    sentences: tuple[Sentence, ...]
    n_words: int


@dataclass(frozen=True, slots=True)
class Refused:
    """A document that could not be annotated, and why."""

    found: Found
    reason: str


def annotate(
    items: Iterable[Found], annotator: AnyAnnotator, tries: Tries
) -> Iterator[Annotated | Refused]:
    """Each document with its mentions, or why it failed, in order.

    Raises MemoryError, whoever meets which had better end and begin anew, and SickWorkerError.
    """
    for group in _groups(items, 1 if tries.is_careful else _DOCUMENTS_AT_ONCE):
        if tries.is_careful:
            yield _with_care(group[0], annotator, tries)
            continue
        tally = copy_of_tally(annotator)
        try:
            annotated = _annotated(group, annotator)
        except MemoryError:
            raise
        except Exception as error:
            _check_memory(error)
            set_tally(annotator, tally)  # each is counted once
            # One of them is to blame; the others must not suffer.
            yield from (_alone(item, annotator) for item in group)
        else:
            yield from annotated


def copy_of_tally(annotator: AnyAnnotator) -> RelatingTally | None:
    """What one that finds relations has counted so far; None for any other."""
    return deepcopy(getattr(annotator, "tally", None))


def set_tally(annotator: AnyAnnotator, tally: RelatingTally | None) -> None:
    """Have one that finds relations count on from there."""
    if tally is not None:
        cast("RelatingAnnotator", annotator).tally = tally


def _with_care(item: Found, annotator: AnyAnnotator, tries: Tries) -> Annotated | Refused:
    if tries.is_deadly(item.position):
        n_deaths = tries.deaths_at[item.position]
        return Refused(item, f"{n_deaths} workers died while they annotated it")
    tries.at(item.position)
    return _alone(item, annotator)


def _alone(item: Found, annotator: AnyAnnotator) -> Annotated | Refused:
    try:
        [annotated] = _annotated([item], annotator)
    except MemoryError:
        raise
    except InputError as error:
        return Refused(item, error.message)
    except Exception as error:
        _check_memory(error)
        check_health(annotator)
        # A defect of ours; a long run must outlive it, and its report tells of it.
        return Refused(item, f"{type(error).__name__}: {error}")
    return annotated


def check_health(annotator: AnyAnnotator) -> None:
    """Raises SickWorkerError where an annotator can make nothing of an easy text."""
    try:
        list(annotator.observe([_PROBE]))
    except MemoryError:
        raise
    except Exception as error:
        _check_memory(error)
        raise SickWorkerError(
            f"a worker can annotate nothing any more: {type(error).__name__}: {error}"
        ) from error


def _check_memory(error: Exception) -> None:
    if _NO_MEMORY.search(str(error)) is not None:
        raise MemoryError(str(error)) from error


def _annotated(group: list[Found], annotator: AnyAnnotator) -> list[Annotated]:
    observed = annotator.observe([item.document for item in group])
    return [
        Annotated(item, document, said.prepared.sentences, len(said.prepared.words))
        for item, (document, said) in zip(group, observed, strict=True)
    ]


def _groups(items: Iterable[Found], most: int) -> Iterator[list[Found]]:
    group: list[Found] = []
    n_characters = 0
    for item in items:
        group.append(item)
        n_characters += len(item.document.text)
        if len(group) >= most or n_characters >= _CHARACTERS_AT_ONCE:
            yield group
            group, n_characters = [], 0
    if group:
        yield group
