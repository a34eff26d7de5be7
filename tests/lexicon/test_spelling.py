from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioweave.lexicon.spelling import american, singular


@pytest.mark.parametrize(
    ("plural", "expected"),
    [
        ("cells", "cell"),
        ("allergies", "allergy"),
        ("abscesses", "abscess"),
        ("boxes", "box"),
        ("sinuses", "sinus"),
        ("diseases", "disease"),
        ("prostheses", "prosthesis"),
        ("paralyses", "paralysis"),
        ("psychoses", "psychosis"),
        ("vertebrae", "vertebra"),
        ("mice", "mouse"),
        ("bacteria", "bacterium"),
    ],
)
def test_plurals(plural: str, expected: str) -> None:
    assert singular(plural) == expected


@pytest.mark.parametrize("word", ["virus", "sepsis", "abscess", "gas", "was", "ras", "cell", "dna"])
def test_words_that_are_no_plural(word: str) -> None:
    assert singular(word) == word


@pytest.mark.parametrize(
    ("british", "expected"),
    [
        ("anaemia", "anemia"),
        ("foetus", "fetus"),
        ("behavioural", "behavioral"),
        ("catalyse", "catalyze"),
        ("generalised", "generalized"),
        ("polarisation", "polarization"),
        ("centre", "center"),
        ("analogue", "analog"),
        ("sulphonamide", "sulfonamide"),
        ("aluminium", "aluminum"),
    ],
)
def test_british_words(british: str, expected: str) -> None:
    assert american(british) == expected


@pytest.mark.parametrize("word", ["hour", "four", "toe", "shoe", "acre", "rise"])
def test_words_that_only_look_british(word: str) -> None:
    assert american(word) == word


@given(st.text("abcdeghilmnorstuxyz", min_size=1, max_size=12))
def test_neither_empties_a_word(word: str) -> None:
    assert singular(word)
    assert american(word)
