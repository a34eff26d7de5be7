from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioweave.lexicon.candidates import CandidateIndex
from bioweave.lexicon.ngrams import LENGTHS, count_ngrams, word_ngrams

KEYS = ("velmar syndrome", "syndrome velmar", "tolic fever", "chronic tolic fever", "orbane")

words = st.text("abcdeé1", min_size=1, max_size=8)
keys = st.lists(words, min_size=1, max_size=4).map(" ".join)


def slowly(key: str) -> Counter[bytes]:
    """The n-grams as their definition says."""
    return Counter(
        f" {word} ".encode()[start : start + length]
        for word in key.split(" ")
        for length in LENGTHS
        for start in range(len(f" {word} ".encode()) - length + 1)
    )


@given(st.lists(keys, max_size=5))
def test_ngrams_are_those_of_the_definition(names: list[str]) -> None:
    codes, owners, counts = count_ngrams(names)
    found: list[Counter[bytes]] = [Counter() for _ in names]
    for code, owner, count in zip(codes, owners, counts, strict=True):
        gram = int(code).to_bytes(4, "little").rstrip(b"\0")
        found[owner][gram] = int(count)
    assert found == [slowly(name) for name in names]
    order = codes.astype(np.uint64) << np.uint64(32) | owners
    assert (order[1:] > order[:-1]).all()


@given(words)
def test_one_words_ngrams_are_the_same_by_the_short_way(word: str) -> None:
    codes, _, counts = count_ngrams([word])
    assert Counter(word_ngrams(word)) == dict(zip(codes.tolist(), counts.tolist(), strict=True))


def test_the_likest_names_come_first() -> None:
    index = CandidateIndex.build(KEYS)
    found = [KEYS[one.key] for one in index.search("velmar syndromes", 2)]
    assert found == ["velmar syndrome", "syndrome velmar"]  # equal: the lower number first
    assert [KEYS[one.key] for one in index.search("tolic fever", 2)] == [
        "tolic fever",
        "chronic tolic fever",
    ]


@given(st.lists(keys, min_size=1, max_size=8, unique=True), keys)
def test_cosines_are_those_of_a_plain_computation(names: list[str], wanted: str) -> None:
    index = CandidateIndex.build(names)
    frequency = Counter(gram for name in names for gram in slowly(name))

    def vector(key: str) -> dict[bytes, float]:
        raw = {
            gram: (1 + np.log(n)) * (1 + np.log(len(names) / (frequency[gram] or 1)))
            for gram, n in slowly(key).items()
        }
        length = np.sqrt(sum(value**2 for value in raw.values()))
        return {gram: value / length for gram, value in raw.items()}

    own = vector(wanted)
    for one in index.search(wanted, len(names)):
        exact = sum(value * own.get(gram, 0.0) for gram, value in vector(names[one.key]).items())
        # A little may be passed over (the commonest n-grams), and weights are kept in a byte.
        assert one.cosine <= exact + 0.02
        assert one.cosine >= exact - 0.35 - 0.02


@given(st.lists(keys, min_size=1, max_size=8, unique=True))
def test_a_key_is_its_own_best_match(names: list[str]) -> None:
    index = CandidateIndex.build(names)
    for number, name in enumerate(names):
        found = index.search(name, len(names))
        best = found[0].cosine
        assert any(one.key == number and one.cosine >= best - 0.02 for one in found)


def test_nothing_is_found_for_nothing_and_among_nothing() -> None:
    assert CandidateIndex.build(KEYS).search("", 5) == []
    assert CandidateIndex.build([]).search("gout", 5) == []
    assert CandidateIndex.build(KEYS).search("qqqq", 5) == []


def test_an_index_comes_back_from_its_arrays() -> None:
    index = CandidateIndex.build(KEYS)
    again = CandidateIndex.from_arrays(index.arrays)
    assert again.search("tolik fever", 3) == index.search("tolik fever", 3)


def test_rare_words_are_more_telling() -> None:
    index = CandidateIndex.build(KEYS)
    assert index.weight_of_word("orbane") > index.weight_of_word("fever")
    assert index.weight_of_word("unheardof") == pytest.approx(1 + np.log(len(KEYS)))
