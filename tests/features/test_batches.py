"""Batches pad windows to a length of their own and put zeros around what was there."""

import numpy as np
import pytest

from bioweave.features.batches import bucket_windows, pad_windows, padded
from bioweave.features.settings import FeatureSettings
from bioweave.features.windows import Window


def window(n_pieces: int, n_words: int) -> Window:
    starts = np.arange(n_words, dtype=np.int32)
    return Window(
        piece_ids=np.arange(1, n_pieces + 1, dtype=np.int32),
        word_pieces=np.stack([starts + 1, starts + 2], axis=1),
        word_chars=np.stack([starts * 2, starts * 2 + 1], axis=1),
        word_start=0,
        word_end=n_words,
        keep_start=0,
        keep_end=n_words,
        segment=0,
    )


def test_lengths_are_padded_to_eights() -> None:
    assert [padded(n) for n in (0, 1, 8, 9, 128)] == [8, 8, 8, 16, 128]


def test_a_batch_has_one_padded_length_and_a_limited_size() -> None:
    windows = [window(n, 3) for n in (5, 30, 8, 27, 31, 7, 300)]
    batches = list(bucket_windows(windows, max_pieces=64))
    assert batches == [(304, [6]), (32, [1, 3]), (32, [4]), (8, [0, 2, 5])]


def test_inputs_hold_the_windows_and_zeros() -> None:
    inputs = pad_windows([window(6, 4), window(3, 1)])
    assert {name: array.shape for name, array in inputs.items()} == {
        "piece_ids": (2, 8),
        "piece_mask": (2, 8),
        "word_pieces": (2, 8, 2),
        "n_words": (2,),
    }
    assert all(array.dtype == np.int64 for array in inputs.values())
    assert inputs["piece_ids"].tolist() == [[1, 2, 3, 4, 5, 6, 0, 0], [1, 2, 3, 0, 0, 0, 0, 0]]
    assert inputs["piece_mask"].sum(axis=1).tolist() == [6, 3]
    assert inputs["n_words"].tolist() == [4, 1]
    assert inputs["word_pieces"][1].tolist() == [[1, 2]] + [[0, 0]] * 7


def test_word_features_are_padded_along_every_axis() -> None:
    features = [
        {"characters": np.ones((4, 5), np.int32), "dictionary": np.ones((4, 2), np.float32)},
        {"characters": np.ones((1, 9), np.int32), "dictionary": np.ones((1, 2), np.float32)},
    ]
    inputs = pad_windows([window(6, 4), window(3, 1)], 16, features)
    assert inputs["piece_ids"].shape == (2, 16)
    assert inputs["characters"].shape == (2, 8, 9)
    assert inputs["characters"].dtype == np.int64
    assert inputs["characters"].sum(axis=(1, 2)).tolist() == [20, 9]
    assert inputs["dictionary"].shape == (2, 8, 2)
    assert inputs["dictionary"].dtype == np.float32


def test_a_window_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="9 pieces cannot be padded to 8"):
        pad_windows([window(9, 1)], 8)


def test_settings_name_the_inputs_they_fill() -> None:
    assert FeatureSettings().inputs == ()
    assert FeatureSettings(pos=True, dictionary=("Disease",)).inputs == ("pos", "dictionary")
