"""Windows hold every word once, with its own pieces, whatever the sentences' lengths."""

import re
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

from bioweave.document import Sentence, Word
from bioweave.errors import ConfigurationError
from bioweave.features.windows import (
    Window,
    WindowSettings,
    make_windows,
    make_windows_of_many,
)

CLS, SEP = 1, 2


def letter_tokenizer() -> Tokenizer:
    """A WordPiece tokenizer in which every letter is a piece: a word has as many as letters."""
    letters = "abcdefghijklmnopqrstuvwxyz.-0123456789"
    pieces = ["[PAD]", "[CLS]", "[SEP]", "[UNK]", *letters, *(f"##{letter}" for letter in letters)]
    vocabulary = {piece: index for index, piece in enumerate(pieces)}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", CLS), ("[SEP]", SEP)]
    )
    return tokenizer


TOKENIZER = letter_tokenizer()


def sentences_of(text: str) -> list[Sentence]:
    """A sentence a line, its words between spaces and hyphens."""
    return [
        Sentence(
            line.start(),
            line.end(),
            tuple(
                Word(line.start() + word.start(), line.start() + word.end())
                for word in re.finditer(r"[^\s-]+|-", line.group())
            ),
        )
        for line in re.finditer(r"[^\n]+", text)
    ]


def pieces_of(window: Window, position: int) -> list[str]:
    start, end = window.word_pieces[position]
    return [TOKENIZER.id_to_token(piece) for piece in window.piece_ids[start:end]]


texts = st.lists(
    st.lists(st.text("ab-", min_size=1, max_size=9), min_size=1, max_size=30).map(" ".join),
    max_size=6,
).map("\n".join)
settings = st.builds(
    WindowSettings,
    max_pieces=st.integers(3, 40),
    packed=st.booleans(),
    overlap_words=st.integers(0, 8),
)


@given(texts, settings)
def test_every_word_is_kept_once_with_its_own_pieces(text: str, settings: WindowSettings) -> None:
    sentences = sentences_of(text)
    words = [word for sentence in sentences for word in sentence.words]
    windows = make_windows(text, sentences, TOKENIZER, settings)

    kept = [w for window in windows for w in range(window.keep_start, window.keep_end)]
    assert kept == list(range(len(words)))
    for window in windows:
        assert len(window.piece_ids) <= settings.max_pieces
        assert window.piece_ids[0] == CLS
        assert window.piece_ids[-1] == SEP
        assert window.word_start <= window.keep_start < window.keep_end <= window.word_end
        assert window.word_chars.tolist() == [
            list(word) for word in words[window.word_start : window.word_end]
        ]
        is_cut = window.word_end - window.word_start == 1
        for position, (start, end) in enumerate(window.word_chars):
            spelled = "".join(piece.removeprefix("##") for piece in pieces_of(window, position))
            expected = text[start:end]
            assert spelled == (expected[: len(spelled)] if is_cut else expected)
            assert spelled


@given(texts, settings)
def test_only_a_sentence_that_does_not_fit_is_cut(text: str, settings: WindowSettings) -> None:
    sentences = sentences_of(text)
    windows = make_windows(text, sentences, TOKENIZER, settings)
    edges = set(np.cumsum([0, *(len(sentence.words) for sentence in sentences)]).tolist())
    segments: dict[int, list[Window]] = {}
    for window in windows:
        segments.setdefault(window.segment, []).append(window)
    assert list(segments) == list(range(len(segments)))
    for members in segments.values():
        assert members[0].word_start in edges
        assert members[-1].word_end in edges
        if len(members) > 1 or not settings.packed:
            assert not edges & set(range(members[0].word_start + 1, members[-1].word_end))


def test_packing_puts_whole_sentences_together_up_to_the_limit() -> None:
    text = "aaa aaa\nbbb bbb\nccc\nddd"
    windows = make_windows(text, sentences_of(text), TOKENIZER, WindowSettings(14))
    assert [(window.word_start, window.word_end) for window in windows] == [(0, 4), (4, 6)]


def test_words_of_a_cut_sentence_are_kept_where_they_have_most_context() -> None:
    text = " ".join(["a"] * 40)
    windows = make_windows(text, sentences_of(text), TOKENIZER, WindowSettings(18, True, 4))
    assert {window.segment for window in windows} == {0}
    for left, right in pairwise(windows):
        assert left.word_end - right.word_start == 4
        assert left.keep_end == right.keep_start == right.word_start + 2


def test_long_words_do_not_make_a_window_per_word() -> None:
    text = " ".join(["a" * 9] * 200)
    windows = make_windows(text, sentences_of(text), TOKENIZER, WindowSettings(110, True, 16))
    assert len(windows) <= 200 * 9 / (108 * 3 / 4 - 9) + 1


def test_a_word_longer_than_a_window_keeps_its_first_pieces() -> None:
    text = "a " + "b" * 90 + "c d"
    windows = make_windows(text, sentences_of(text), TOKENIZER, WindowSettings(12))
    [long] = [window for window in windows if window.keep_start <= 1 < window.keep_end]
    assert pieces_of(long, 1 - long.word_start) == ["b", *["##b"] * 9]


def test_many_documents_at_once_give_the_windows_of_each() -> None:
    texts = ["aaa bb\nc", "", "dd-ee\n" + "f " * 50]
    many = make_windows_of_many(
        [(text, sentences_of(text)) for text in texts], TOKENIZER, WindowSettings(20)
    )
    assert [len(windows) for windows in many] == [1, 0, 5]
    for text, windows in zip(texts, many, strict=True):
        alone = make_windows(text, sentences_of(text), TOKENIZER, WindowSettings(20))
        assert [w.piece_ids.tolist() for w in windows] == [w.piece_ids.tolist() for w in alone]


def test_a_truncating_tokenizer_truncates_nothing() -> None:
    tokenizer = letter_tokenizer()
    tokenizer.enable_truncation(4)
    tokenizer.enable_padding(length=8)
    text = "aaa bbb ccc"
    [window] = make_windows(text, sentences_of(text), tokenizer, WindowSettings(16))
    assert len(window.piece_ids) == 11


@pytest.mark.parametrize("settings", [WindowSettings(2), WindowSettings(16, True, -1)])
def test_impossible_settings_are_refused(settings: WindowSettings) -> None:
    with pytest.raises(ConfigurationError, match="at least 3 pieces and 0 words"):
        make_windows("a", sentences_of("a"), TOKENIZER, settings)
