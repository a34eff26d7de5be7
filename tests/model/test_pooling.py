"""From pieces to words."""

from __future__ import annotations

import pytest
import torch

from bioweave.model.pooling import WordPooling, spread_to_pieces, take_rows, word_mask

PIECES = torch.arange(2 * 6 * 3, dtype=torch.float32).reshape(2, 6, 3)
# The last word of the first row covers several pieces, the second one none.
WORD_PIECES = torch.tensor([[[1, 2], [2, 2], [2, 5]], [[0, 0], [0, 0], [0, 0]]])
N_WORDS = torch.tensor([3, 1])


@pytest.mark.parametrize(
    ("pooling", "expected"),
    [
        ("first", [PIECES[0, 1], PIECES[0, 1], PIECES[0, 2]]),
        ("mean", [PIECES[0, 1], PIECES[0, 1], PIECES[0, 2:5].mean(0)]),
        (
            "first_last",
            [
                torch.cat([PIECES[0, 1], PIECES[0, 1]]),
                torch.cat([PIECES[0, 1], PIECES[0, 1]]),
                torch.cat([PIECES[0, 2], PIECES[0, 4]]),
            ],
        ),
    ],
)
def test_each_way(pooling, expected):
    layer = WordPooling(pooling, 3)
    words = layer(PIECES, WORD_PIECES, N_WORDS)
    assert words.shape == (2, 3, layer.width)
    torch.testing.assert_close(words[0], torch.stack(expected))


@pytest.mark.parametrize("pooling", ["first", "mean", "first_last"])
def test_padding_words_are_zeros_and_a_first_word_without_pieces_takes_the_first(pooling):
    words = WordPooling(pooling, 3)(PIECES, WORD_PIECES, N_WORDS)
    assert not words[1, 1:].any()
    torch.testing.assert_close(words[1, 0, :3], PIECES[1, 0])


def test_mean_over_all_pieces_does_not_see_other_rows():
    words = WordPooling("mean", 3)(PIECES, torch.tensor([[[0, 6]], [[3, 6]]]), torch.tensor([1, 1]))
    torch.testing.assert_close(words[:, 0], torch.stack([PIECES[0].mean(0), PIECES[1, 3:].mean(0)]))


def test_take_rows_and_word_mask():
    index = torch.tensor([[5, 0], [1, 1]])
    assert torch.equal(
        take_rows(PIECES, index), torch.stack([PIECES[0, [5, 0]], PIECES[1, [1, 1]]])
    )
    assert word_mask(torch.tensor([0, 2]), 3).tolist() == [[False] * 3, [True, True, False]]


def test_a_words_value_stands_at_each_of_its_pieces():
    values = torch.tensor([[4, 9, 7], [5, 6, 8]])
    spread = spread_to_pieces(values, WORD_PIECES, N_WORDS, 6)
    # The second row's only word has no piece; its padding words have none to give.
    assert spread.tolist() == [[0, 4, 7, 7, 7, 0], [0] * 6]


def test_a_piece_between_two_words_gets_the_larger_value():
    straddling = torch.tensor([[[1, 3], [2, 4]]])
    spread = spread_to_pieces(torch.tensor([[2, 3]]), straddling, torch.tensor([2]), 5)
    assert spread.tolist() == [[0, 2, 3, 3, 0]]
