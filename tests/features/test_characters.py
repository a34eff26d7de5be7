import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioweave.errors import ConfigurationError
from bioweave.features.characters import COMMON_CHARACTERS, CharacterEncoder, code_points

# Lone surrogates, NUL, marks and astral characters included.
any_word = st.text(st.characters(), max_size=40)


def by_hand(encoder: CharacterEncoder, word: str) -> list[int]:
    """The slow, obvious way."""
    if len(word) > encoder.n_characters:
        tail = encoder.n_characters // 2
        word = word[: encoder.n_characters - tail] + (word[-tail:] if tail else "")
    ids = [encoder.alphabet.index(c) + 2 if c in encoder.alphabet else 1 for c in word]
    return ids + [0] * (encoder.n_characters - len(ids))


@given(
    words=st.lists(any_word, max_size=6),
    alphabet=st.text(st.characters(exclude_characters="\0"), max_size=20).map(
        lambda text: "".join(dict.fromkeys(text))
    ),
    n_characters=st.integers(1, 12),
)
def test_equals_the_obvious_way(words, alphabet, n_characters):
    encoder = CharacterEncoder(alphabet, n_characters)
    ids = encoder.encode(words)
    assert ids.shape == (len(words), n_characters)
    assert ids.dtype == np.int64
    assert ids.tolist() == [by_hand(encoder, word) for word in words]


@given(st.lists(any_word, min_size=1, max_size=6))
def test_padding_stands_only_behind_a_word_and_ids_stay_in_range(words):
    encoder = CharacterEncoder()
    ids = encoder.encode(words)
    lengths = [min(len(word), encoder.n_characters) for word in words]
    assert np.count_nonzero(ids, axis=1).tolist() == lengths
    assert all(row[:length].all() for row, length in zip(ids, lengths, strict=True))
    assert ids.max() < encoder.n_ids


def test_every_character_of_the_common_alphabet_has_its_own_id():
    ids = CharacterEncoder().encode(list(COMMON_CHARACTERS))[:, 0]
    assert len(set(ids.tolist())) == len(COMMON_CHARACTERS)
    assert ids.min() == 2


@pytest.mark.parametrize("character", ["a", "Z", "7", "β", "Δ", "µ", "′", "–", "≥", "é"])
def test_what_papers_write_is_in_the_common_alphabet(character):
    assert CharacterEncoder().encode([character])[0, 0] > 1


def test_a_long_word_keeps_its_head_and_its_tail():
    points = code_points(["abcdefghij"], 5)
    assert "".join(map(chr, points[0])) == "abcij"


def test_a_word_of_megabytes_costs_no_more_than_its_row():
    assert CharacterEncoder().encode(["A" * 10_000_000, "b"]).shape == (2, 24)


def test_no_words():
    assert CharacterEncoder().encode([]).shape == (0, 24)


def test_an_alphabet_names_a_character_once():
    with pytest.raises(ConfigurationError, match="twice"):
        CharacterEncoder("aba")
    with pytest.raises(ConfigurationError, match="at least 1"):
        CharacterEncoder("ab", n_characters=0)
