"""Whole-word masking, whatever the sequences look like."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as stn

from bioweave.training.pretraining.masking import MaskedRows, WordMasker
from bioweave.training.pretraining.special import SpecialPieces

N_PIECES = 40
MASK = 4
IS_ORDINARY = np.arange(N_PIECES) > MASK
PIECES = SpecialPieces(before=(2,), after=(3,), mask=MASK, is_ordinary=IS_ORDINARY)

shapes = st.tuples(st.integers(1, 5), st.integers(1, 30))


@st.composite
def sequences(draw):
    """Ids, special ones among them, and where words begin; special pieces are words alone."""
    shape = draw(shapes)
    ids = draw(stn.arrays(np.int64, shape, elements=st.integers(0, N_PIECES - 1)))
    begins = draw(stn.arrays(np.bool_, shape))
    is_special = ~IS_ORDINARY[ids]
    begins |= is_special
    begins[:, 1:] |= is_special[:, :-1]
    return ids, begins


def masked(ids, begins, share, seed) -> MaskedRows:
    return WordMasker(PIECES, share)(ids, begins, np.random.default_rng(seed))


@given(sequences(), st.floats(0.01, 0.99), st.integers(0, 2**32))
def test_labels_stand_at_masked_positions_only(rows, share, seed):
    ids, begins = rows
    found = masked(ids, begins, share, seed)
    flat, seen = ids.ravel(), found.piece_ids.ravel()
    assert found.piece_ids.shape == ids.shape
    assert np.array_equal(found.targets, flat[found.positions])
    assert (np.diff(found.positions) > 0).all()
    others = np.delete(np.arange(flat.size), found.positions)
    assert np.array_equal(seen[others], flat[others])


@given(sequences(), st.floats(0.01, 0.99), st.integers(0, 2**32))
def test_special_pieces_are_neither_predicted_nor_made_up(rows, share, seed):
    ids, begins = rows
    found = masked(ids, begins, share, seed)
    assert IS_ORDINARY[found.targets].all()
    shown = found.piece_ids.ravel()[found.positions]
    assert (IS_ORDINARY[shown] | (shown == MASK)).all()


@given(sequences(), st.floats(0.01, 0.99), st.integers(0, 2**32))
def test_the_pieces_of_a_word_are_predicted_together(rows, share, seed):
    ids, begins = rows
    found = masked(ids, begins, share, seed)
    is_predicted = np.zeros(ids.size, dtype=bool)
    is_predicted[found.positions] = True
    # Counted by hand, row by row: a word ends where the next one begins, or its row ends.
    for row in range(ids.shape[0]):
        edges = [0, *(np.flatnonzero(begins[row, 1:]) + 1), ids.shape[1]]
        for start, end in pairwise(edges):
            word = is_predicted.reshape(ids.shape)[row, start:end]
            assert word.all() or not word.any()


@given(sequences(), st.integers(0, 2**32), st.integers(1, 4))
def test_split_batches_say_the_same(rows, seed, n_rows):
    found = masked(*rows, 0.5, seed)
    parts = list(found.split(n_rows))
    assert all(len(part.piece_ids) <= n_rows for part in parts)
    assert np.array_equal(np.concatenate([part.piece_ids for part in parts]), found.piece_ids)
    assert np.array_equal(np.concatenate([part.targets for part in parts]), found.targets)
    for part, start in zip(parts, range(0, len(found.piece_ids), n_rows), strict=True):
        begin = start * found.piece_ids.shape[1]
        inside = found.positions[(found.positions >= begin)][: len(part.positions)]
        assert np.array_equal(part.positions + begin, inside)


@pytest.mark.parametrize("share", [0.15, 0.4])
def test_the_shares_are_those_of_the_paper(share):
    random = np.random.default_rng(5)
    ids = random.integers(MASK + 1, N_PIECES, (400, 128))
    begins = random.random(ids.shape) < 0.6
    found = masked(ids, begins, share, 1)
    assert len(found.positions) / ids.size == pytest.approx(share, abs=0.01)
    shown = found.piece_ids.ravel()[found.positions]
    assert (shown == MASK).mean() == pytest.approx(0.8, abs=0.02)
    # One replacement in so many is the piece itself.
    kept = 0.1 + 0.1 / IS_ORDINARY.sum()
    assert (shown == found.targets).mean() == pytest.approx(kept, abs=0.02)


def test_a_word_does_not_go_on_in_the_next_row():
    ids = np.full((200, 4), 9)
    begins = np.zeros(ids.shape, dtype=bool)
    found = masked(ids, begins, 0.5, 0)
    rows = {int(position) // 4 for position in found.positions}
    assert 60 < len(rows) < 140
    assert len(found.positions) == 4 * len(rows)
    assert not begins.any()  # what it was given stays as it was
