"""Changed copies of a corpus's documents, made by one method."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from random import Random
from typing import TypeAlias

from bioweave.document import Document

# Must keep the mentions in number and order, as `edited` does.
Change: TypeAlias = Callable[[Document, Random], Document]

# What stays true of a changed copy: where it comes from. Other metadata may hold offsets.
_KEPT = ("corpus", "pmid", "pmcid", "medline")


@dataclass(frozen=True, slots=True)
class Copies:
    """The copies; `n_unchanged` more were asked for and came out as something already there."""

    documents: tuple[Document, ...]
    n_unchanged: int


def make_copies(
    documents: Iterable[Document],
    change: Change,
    method: str,
    *,
    copies: int = 1,
    seed: int = 0,
    keeps_meaning: bool = False,
) -> Copies:
    """So many changed copies of each document, one after another; ids end in `+METHOD-NUMBER`.

    What becomes of a document follows from the seed, the method, its id and its text, wherever it
    stands. A copy that has its original's text, or an earlier copy's, is left out. Relations are
    dropped, as may be what they hold between; so are the concepts of a mention whose text has
    changed, unless the method `keeps_meaning`; and all metadata but the origin's and a mention's
    type.
    """
    made: list[Document] = []
    n_unchanged = 0
    for document in documents:
        texts = {document.text}
        for number in range(1, copies + 1):
            chance = Random(f"{seed}\0{method}\0{number}\0{document.id}\0{document.text}")
            changed = change(document, chance)
            if changed.text in texts:
                n_unchanged += 1
                continue
            texts.add(changed.text)
            made.append(_copy(document, changed, f"{method}-{number}", keeps_meaning))
    return Copies(tuple(made), n_unchanged)


def _copy(original: Document, changed: Document, name: str, keeps_meaning: bool) -> Document:
    """The copy as a document of its own, with what is still true of it."""
    before = original.with_mentions(original.mentions).mentions
    mentions = [
        replace(
            now,
            concepts=now.concepts if keeps_meaning or now.text == then.text else (),
            metadata={key: now.metadata[key] for key in ("type",) if key in now.metadata},
        )
        for then, now in zip(before, changed.mentions, strict=True)
    ]
    metadata = {key: changed.metadata[key] for key in _KEPT if key in changed.metadata}
    copy = replace(
        changed,
        id=f"{changed.id}+{name}",
        relations=(),
        metadata=metadata | {"augmentation": name},
    )
    return copy.with_mentions(mentions)
