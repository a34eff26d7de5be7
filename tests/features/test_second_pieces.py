"""Windows in a second vocabulary: the words are the same, the pieces are its own."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer, models, pre_tokenizers, processors

from bioweave.errors import ConfigurationError
from bioweave.features.batches import pad_windows
from bioweave.features.windows import WindowSettings, make_windows_of_many
from bioweave.text import segment


def letters() -> Tokenizer:
    """A piece for every letter, and two special ones."""
    tokenizer = Tokenizer(models.WordLevel({"[UNK]": 0, "[CLS]": 1, "[SEP]": 2}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 1), ("[SEP]", 2)]
    )
    return tokenizer


def words() -> Tokenizer:
    """A piece for every run of letters."""
    tokenizer = Tokenizer(models.WordLevel({"[UNK]": 0}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    return tokenizer


def windows_of(texts: list[str], chosen: WindowSettings, second: Tokenizer | None):
    documents = [(text, segment(text)) for text in texts]
    return make_windows_of_many(documents, words(), chosen, second)


@given(st.lists(st.text("aB é-.\n\u03b2", max_size=60), min_size=1, max_size=4))
@settings(max_examples=60, deadline=None)
def test_each_word_has_its_own_letters_as_pieces(texts: list[str]) -> None:
    chosen = WindowSettings(12, second_max_pieces=400)
    plain = windows_of(texts, chosen, None)
    both = windows_of(texts, chosen, letters())
    assert [len(own) for own in plain] == [len(own) for own in both]
    for text, own, other in zip(texts, plain, both, strict=True):
        for before, window in zip(own, other, strict=True):
            np.testing.assert_array_equal(before.piece_ids, window.piece_ids)
            np.testing.assert_array_equal(before.word_pieces, window.word_pieces)
            assert before.second is None
            assert window.second is not None
            start, end = int(window.word_chars[0, 0]), int(window.word_chars[-1, 1])
            assert len(window.second.piece_ids) == len(text[start:end]) + 2
            # The first piece is special, so a letter's place is one more than in the text.
            expected = window.word_chars - start + 1
            np.testing.assert_array_equal(window.second.word_pieces, expected)


def test_words_beyond_the_room_have_no_pieces() -> None:
    [[window]] = windows_of(["one two three"], WindowSettings(32, second_max_pieces=8), letters())
    assert window.second is not None
    assert len(window.second.piece_ids) == 8
    assert window.second.word_pieces.tolist() == [[1, 4], [5, 7], [7, 7]]


def test_no_room_is_an_error() -> None:
    with pytest.raises(ConfigurationError, match="second_max_pieces = 2 leaves no room"):
        windows_of(["one"], WindowSettings(32, second_max_pieces=2), letters())


def test_a_batch_pads_them_like_the_others() -> None:
    texts = ["one two", "three"]
    windows = [own[0] for own in windows_of(texts, WindowSettings(32), letters())]
    inputs = pad_windows(windows)
    assert inputs["second_piece_ids"].shape == (2, 16)
    assert inputs["second_piece_mask"].sum(axis=1).tolist() == [9, 7]
    assert inputs["second_word_pieces"].shape == inputs["word_pieces"].shape
    assert inputs["second_word_pieces"][1, 0].tolist() == [1, 6]
    assert "second_piece_ids" not in pad_windows(
        [own[0] for own in windows_of(texts, WindowSettings(32), None)]
    )
