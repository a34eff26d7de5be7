"""Packing, and the order of learning."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioweave.errors import EncoderError
from bioweave.training.pretraining.cutting import PassageCutter, unmark
from bioweave.training.pretraining.sequences import EndlessOrder, PackedSequences
from bioweave.training.pretraining.special import special_pieces

from .conftest import make_lines, make_tokenizer


@pytest.fixture
def pieces(tokenizer):
    return np.concatenate(PassageCutter(tokenizer, [3])(make_lines(30)))


@given(st.integers(3, 40))
def test_sequences_hold_the_text_in_order_without_padding(max_pieces):
    tokenizer = make_tokenizer()
    special = special_pieces(tokenizer, name="tiny")
    pieces = np.concatenate(PassageCutter(tokenizer, [3])(make_lines(12)))
    packed = PackedSequences(pieces, special, max_pieces=max_pieces)
    ids, begins = packed.take(np.arange(len(packed)))
    assert ids.shape == (len(packed), max_pieces)
    assert (ids[:, 0] == 2).all() and (ids[:, -1] == 3).all()
    text, marks = unmark(pieces)
    n = ids[:, 1:-1].size
    assert len(text) - n < packed.n_text_pieces
    assert np.array_equal(ids[:, 1:-1].ravel(), text[:n])
    assert begins[:, [0, 1, -1]].all()
    inner = begins[:, 2:-1]
    assert np.array_equal(inner, marks[:n].reshape(len(packed), -1)[:, 1:])


def test_any_sequences_in_any_order(pieces, special):
    packed = PackedSequences(pieces, special, max_pieces=10)
    all_ids, _ = packed.take(np.arange(len(packed)))
    some, _ = packed.take(np.array([3, 0, 3]))
    assert np.array_equal(some, all_ids[[3, 0, 3]])


@given(st.integers(1, 12), st.integers(0, 40), st.integers(1, 30), st.integers(0, 3))
def test_any_stretch_of_the_order_is_the_same_from_anywhere(n, start, length, seed):
    order = EndlessOrder(n, seed)
    long = EndlessOrder(n, seed).stretch(0, start + length)
    assert np.array_equal(order.stretch(start, length), long[start:])
    for number in range((start + length) // n):
        assert sorted(long[number * n : (number + 1) * n]) == list(range(n))


def test_passes_differ():
    order = EndlessOrder(50, 1)
    assert not np.array_equal(order.stretch(0, 50), order.stretch(50, 50))


def test_special_pieces_are_found_without_being_declared(special, tokenizer):
    assert (special.before, special.after, special.separator, special.mask) == ((2,), (3,), (3,), 4)
    # [PAD] alone is declared nowhere in this tokenizer, and no text makes it.
    assert np.flatnonzero(~special.is_ordinary).tolist() == [1, 2, 3, 4]
    tokenizer = make_tokenizer()
    tokenizer.add_special_tokens(["[PAD]"])
    assert not special_pieces(tokenizer, name="tiny").is_ordinary[0]


def test_a_vocabulary_without_a_mask_is_refused():
    tokenizer = make_tokenizer(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[GAP]"])
    with pytest.raises(EncoderError, match=r"'plain'.*\[MASK\] and <mask>"):
        special_pieces(tokenizer, name="plain")
