"""Annotations of many documents in a file, so that nobody has to be asked again.

A `.npz` without pickles. Documents stand one below the other; those of document d are the rows
`rows[d]` to `rows[d + 1]`:

key            what the file is taken for: `keeping.answers_key`
rows           int64 [documents + 1]
words          int32 [words, 2], each word's start and end in its document's text
labels         str [labels], those of spans
spans, considered   int32 [spans, 5]: document, first word, end, place of the label, head
sure_0, sure_1      float64 [spans]: confidences of the spans, and of those considered
marginals_0 ...     float32 [words, tags] for each head
pairs_0 ...         float32 [words, tags, tags], a word's and the next one's; a document's last
                    word has none, and zeros stand there
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bioweave.annotator.inference import Annotation
from bioweave.annotator.preparation import PreparedDocument
from bioweave.bundle import ScoredSpan
from bioweave.document import Document, Word
from bioweave.fusion import TagChain
from bioweave.whole_files import write_whole

_SPANS = ("spans", "considered")


def write_answers(path: Path, key: str, answers: Sequence[Annotation]) -> None:
    """Write the file, or none."""
    lengths = [len(one.prepared.words) for one in answers]
    spans = [[one.spans for one in answers], [one.candidates for one in answers]]
    labels = sorted({span.label for kind in spans for row in kind for span in row})
    arrays: dict[str, npt.NDArray[Any]] = {
        "key": np.array(key),
        "rows": np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)]),
        "words": np.array([word for one in answers for word in one.prepared.words], np.int32),
        "labels": np.array(labels, dtype=np.str_),
    }
    for place, (name, kind) in enumerate(zip(_SPANS, spans, strict=True)):
        arrays[name], arrays[f"sure_{place}"] = _span_tables(kind, labels)
    for head in range(len(answers[0].chains) if answers else 0):
        chains = [one.chains[head] for one in answers]
        marginals = np.concatenate([chain.marginals for chain in chains])
        pairs = np.zeros((*marginals.shape, marginals.shape[1]), marginals.dtype)
        for start, chain in zip(arrays["rows"], chains, strict=False):
            pairs[start : start + len(chain.pairs)] = chain.pairs
        arrays[f"marginals_{head}"], arrays[f"pairs_{head}"] = marginals, pairs
    packed = io.BytesIO()
    np.savez(packed, **arrays)  # type: ignore[arg-type]
    write_whole(path, packed.getvalue())


def read_answers(
    path: Path, key: str, documents: Sequence[Document]
) -> tuple[Annotation, ...] | None:
    """What `write_answers` wrote of these documents; None where there is nothing of that key."""
    try:
        with np.load(path, allow_pickle=False) as file:
            if str(file["key"]) != key:
                return None
            arrays = {name: file[name] for name in file.files}
    except (FileNotFoundError, ValueError, KeyError, zipfile.BadZipFile):
        return None
    n_heads = sum(name.startswith("marginals_") for name in arrays)
    spans, considered = (
        _spans_by_document(arrays, name, f"sure_{place}", len(documents))
        for place, name in enumerate(_SPANS)
    )
    answers = []
    for place, (start, end) in enumerate(pairwise(arrays["rows"].tolist())):
        chains = tuple(
            TagChain(
                arrays[f"marginals_{head}"][start:end],
                arrays[f"pairs_{head}"][start : max(end - 1, start)],
            )
            for head in range(n_heads)
        )
        words = tuple(Word(*word) for word in arrays["words"][start:end].tolist())
        answers.append(
            Annotation(
                PreparedDocument(documents[place], words, [], {}),
                spans[place],
                tuple(np.asarray(chain.marginals, dtype=np.float32) for chain in chains),
                considered[place],
                chains,
            )
        )
    return tuple(answers)


def _span_tables(
    rows: Iterable[Sequence[ScoredSpan]], labels: Sequence[str]
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.float64]]:
    places = {label: place for place, label in enumerate(labels)}
    flat = [(document, span) for document, row in enumerate(rows) for span in row]
    table = [
        (document, span.word_start, span.word_end, places[span.label], span.head)
        for document, span in flat
    ]
    sure = np.array([span.confidence for _, span in flat], dtype=np.float64)
    return np.array(table, dtype=np.int32).reshape(-1, 5), sure


def _spans_by_document(
    arrays: Mapping[str, npt.NDArray[Any]], name: str, sure: str, n_documents: int
) -> list[list[ScoredSpan]]:
    labels = arrays["labels"].tolist()
    spans: list[list[ScoredSpan]] = [[] for _ in range(n_documents)]
    for row, confidence in zip(arrays[name].tolist(), arrays[sure].tolist(), strict=True):
        document, start, end, label, head = row
        spans[document].append(ScoredSpan(start, end, labels[label], confidence, head))
    return spans
