"""Out-of-fold marginals: what is written is what is read."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioweave.errors import ConfigurationError
from bioweave.experiments.runs.out_of_fold import (
    DocumentMarginals,
    Marginals,
    joined,
    read_marginals,
    write_marginals,
)

HEADS = ("Disease", "all the others")
TAGS = (("O", "B-Disease", "I-Disease"), ("O", "B-Gene", "I-Gene", "B-Chemical", "I-Chemical"))


def document(name: str, fold: int, n_words: int) -> DocumentMarginals:
    generator = np.random.default_rng(n_words)
    words = np.arange(2 * n_words, dtype=np.int32).reshape(-1, 2)
    tables = tuple(
        generator.dirichlet(np.ones(len(tags)), size=n_words).astype(np.float16) for tags in TAGS
    )
    return DocumentMarginals(name, fold, words, tables)


def same(left: DocumentMarginals, right: DocumentMarginals) -> bool:
    pairs = zip((left.words, *left.marginals), (right.words, *right.marginals), strict=True)
    return (left.document, left.fold) == (right.document, right.fold) and all(
        a.dtype == b.dtype and a.shape == b.shape and bool((a == b).all()) for a, b in pairs
    )


lengths = st.lists(st.integers(0, 9), max_size=6)


@given(lengths)
def test_what_is_written_is_read(tmp_path_factory, n_words):
    path = tmp_path_factory.mktemp("marginals") / "m.npz"
    documents = tuple(
        document(f"é{number}", number, length) for number, length in enumerate(n_words)
    )
    write_marginals(path, Marginals("sample", HEADS, TAGS, documents))
    again = read_marginals(path)
    assert (again.corpus, again.heads, again.tags) == ("sample", HEADS, TAGS)
    assert len(again.documents) == len(documents)
    assert all(same(*pair) for pair in zip(again, documents, strict=True))


def test_folds_are_joined_in_the_corpus_s_order():
    first = Marginals("sample", HEADS, TAGS, (document("c", 1, 2), document("a", 1, 0)))
    second = Marginals("sample", HEADS, TAGS, (document("b", 2, 3),))
    whole = joined([first, second], ["a", "b", "left out", "c"])
    assert [(one.document, one.fold) for one in whole] == [("a", 1), ("b", 2), ("c", 1)]
    other = Marginals("sample", HEADS[::-1], TAGS, ())
    with pytest.raises(ConfigurationError, match="different heads"):
        joined([first, other], [])
