"""What taggers say of documents that they did not learn from, for a second model to learn from.

`Marginals` in a compressed `.npz`, without pickles. Documents stand one below the other; those of
document d are the rows `rows[d]` to `rows[d + 1]`:

corpus         the corpus's name
documents      str [documents], their ids
folds          int16 [documents], which fold a document was held out in, from 1; 0 where unknown
rows           int64 [documents + 1]
words          int32 [words, 2], each word's start and end in code points of its document's text
heads          str [heads], their names
tags_0 ...     str [tags] of each head, in the heads' order: O, B-Disease, I-Disease
marginals_0 ...  float16 [words, tags], the probability of each tag of the head; rows sum to 1
                 within float16
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from bioweave.errors import ConfigurationError
from bioweave.whole_files import write_whole

if TYPE_CHECKING:
    from bioweave.annotator.inference import Annotation
    from bioweave.bundle import HeadManifest


@dataclass(frozen=True, slots=True, eq=False)
class DocumentMarginals:
    """One document's: `words` int32 [words, 2], `marginals[head]` float16 [words, tags]."""

    document: str
    fold: int
    words: npt.NDArray[np.int32]
    marginals: tuple[npt.NDArray[np.float16], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Marginals:
    """Those of many documents of a corpus; `tags[head]` name the last axis of its marginals."""

    corpus: str
    heads: tuple[str, ...]
    tags: tuple[tuple[str, ...], ...]
    documents: tuple[DocumentMarginals, ...]

    def __iter__(self) -> Iterator[DocumentMarginals]:
        return iter(self.documents)


def marginals_of(
    corpus: str, fold: int, heads: Sequence[HeadManifest], annotations: Sequence[Annotation]
) -> Marginals:
    """Annotations with marginals, as they are kept."""
    return Marginals(
        corpus,
        tuple(head.name for head in heads),
        tuple(tuple(head.tags) for head in heads),
        tuple(
            DocumentMarginals(
                one.prepared.document.id,
                fold,
                np.array(one.prepared.words, dtype=np.int32).reshape(-1, 2),
                tuple(table.astype(np.float16) for table in one.marginals),
            )
            for one in annotations
        ),
    )


def joined(parts: Sequence[Marginals], order: Sequence[str]) -> Marginals:
    """The folds' documents together, by the place of their ids in `order`."""
    first = parts[0]
    for part in parts[1:]:
        if (part.corpus, part.heads, part.tags) != (first.corpus, first.heads, first.tags):
            raise ConfigurationError("folds have different heads: they are not of one recipe")
    places = {document: place for place, document in enumerate(order)}
    documents = [document for part in parts for document in part]
    documents.sort(key=lambda one: places[one.document])
    return Marginals(first.corpus, first.heads, first.tags, tuple(documents))


def write_marginals(path: Path, kept: Marginals) -> None:
    """Write the file, or none."""
    lengths = [len(one.words) for one in kept]
    arrays: dict[str, npt.NDArray[Any]] = {
        "corpus": np.array(kept.corpus),
        "documents": np.array([one.document for one in kept], dtype=np.str_),
        "folds": np.array([one.fold for one in kept], dtype=np.int16),
        "rows": np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)]),
        "words": np.concatenate([np.zeros((0, 2), np.int32), *(one.words for one in kept)]),
        "heads": np.array(kept.heads, dtype=np.str_),
    }
    for place, tags in enumerate(kept.tags):
        none = np.zeros((0, len(tags)), np.float16)
        arrays[f"tags_{place}"] = np.array(tags, dtype=np.str_)
        arrays[f"marginals_{place}"] = np.concatenate(
            [none, *(one.marginals[place] for one in kept)]
        )
    packed = io.BytesIO()
    np.savez_compressed(packed, **arrays)  # type: ignore[arg-type]
    write_whole(path, packed.getvalue())


def read_marginals(path: Path) -> Marginals:
    """What `write_marginals` wrote."""
    with np.load(path, allow_pickle=False) as arrays:
        heads = tuple(arrays["heads"].tolist())
        tables = [arrays[f"marginals_{place}"] for place in range(len(heads))]
        tags = tuple(tuple(arrays[f"tags_{place}"].tolist()) for place in range(len(heads)))
        rows, words = arrays["rows"], arrays["words"]
        documents = tuple(
            DocumentMarginals(
                document,
                int(fold),
                words[start:end],
                tuple(table[start:end] for table in tables),
            )
            for document, fold, start, end in zip(
                arrays["documents"].tolist(), arrays["folds"], rows[:-1], rows[1:], strict=True
            )
        )
        return Marginals(str(arrays["corpus"]), heads, tags, documents)
