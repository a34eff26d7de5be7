"""Words of a stretch made unreadable to a tagger, while everything else stays where it is.

A hidden word keeps its place, its offsets and its number of pieces: windows stay the same, and the
span that is explained stays the same words. Deleting words would make other sentences of the text,
with other neighbours and other windows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from bioweave.annotator.preparation import Features, PreparedDocument
from bioweave.bundle import Bundle
from bioweave.document import Document, Word
from bioweave.explanation.stretch import Stretch
from bioweave.features.windows import Window
from bioweave.features.word_features import WordFeaturizer

# [variants, words], True for a word that is seen.
Masks: TypeAlias = npt.NDArray[np.bool_]

# What stands for a hidden word's characters: no letter, digit or mark of any language, so that no
# dictionary, shape, affix or embedding has anything to say of it.
HIDDEN_CHARACTER = "\ufffd"
# By what was measured with the default bundle (docs/decisions/013): a tagger has met unknown
# pieces, while a mask is something that its encoder last saw before it was fine-tuned.
_UNREADABLE_PIECES = ("[UNK]", "<unk>", "[MASK]", "<mask>", "[PAD]", "<pad>")


class WordHider:
    """Hides words of one sentence, a range of the document's words, from one tagger."""

    def __init__(
        self, prepared: PreparedDocument, stretch: Stretch, bundle: Bundle, sentence: range
    ) -> None:
        self._stretch = stretch
        self._sentence = sentence
        text = prepared.document.text
        self._texts = [text[slice(*prepared.words[word])] for word in sentence]
        self._hidden_piece = hidden_piece(bundle.tokenizer)
        self._second_hidden_piece = (
            hidden_piece(bundle.second_tokenizer) if bundle.second_tokenizer else 0
        )
        self._featurizer = bundle.featurizer

    def __call__(self, shown: Masks) -> list[PreparedDocument]:
        """The stretch once for each row of `shown` [variants, words of the sentence]."""
        stretch = self._stretch.prepared
        hidden = [
            (np.flatnonzero(~row) + self._sentence.start - self._stretch.word_start).tolist()
            for row in shown
        ]
        return [
            replace(
                stretch,
                windows=[self._window(window, words) for window in stretch.windows],
                features=features,
            )
            for words, features in zip(hidden, self._features(shown), strict=True)
        ]

    def _window(self, window: Window, hidden: Sequence[int]) -> Window:
        own = [
            word - window.word_start
            for word in hidden
            if window.word_start <= word < window.word_end
        ]
        if not own:
            return window
        second = window.second
        if second is not None:
            ids = _blanked(second.piece_ids, second.word_pieces[own], self._second_hidden_piece)
            second = replace(second, piece_ids=ids)
        ids = _blanked(window.piece_ids, window.word_pieces[own], self._hidden_piece)
        return replace(window, piece_ids=ids, second=second)

    def _features(self, shown: Masks) -> list[Features]:
        """What other inputs say of the words, which must not tell what pieces conceal."""
        given = self._stretch.prepared.features
        if self._featurizer is None or not given:
            return [given] * len(shown)
        # A long sentence may begin before the stretch and end behind it.
        start = max(self._sentence.start, self._stretch.word_start)
        end = min(self._sentence.stop, self._stretch.word_end)
        own = slice(start - self._sentence.start, end - self._sentence.start)
        inside = slice(start - self._stretch.word_start, end - self._stretch.word_start)
        made = _features_of_variants(self._featurizer, self._texts, shown)
        return [
            {name: _put(rows, inside, made[name][place, own]) for name, rows in given.items()}
            for place in range(len(shown))
        ]


def hidden_piece(tokenizer: Tokenizer) -> int:
    """The id of the piece that stands where a hidden word's pieces were.

    The unknown piece; a tokenizer that has none gives its mask, then its padding, at last the first
    piece.
    """
    found = (tokenizer.token_to_id(piece) for piece in _UNREADABLE_PIECES)
    return next((one for one in found if one is not None), 0)


def _blanked(
    piece_ids: npt.NDArray[np.int32], ranges: npt.NDArray[np.int32], piece: int
) -> npt.NDArray[np.int32]:
    changed = piece_ids.copy()
    for start, end in ranges.tolist():
        changed[start:end] = piece
    return changed


def _features_of_variants(
    featurizer: WordFeaturizer, texts: Sequence[str], shown: Masks
) -> dict[str, npt.NDArray[Any]]:
    """[variants, words, ...] by input; one call for all, which is what a featurizer is fast at."""
    words = [
        text if is_shown else HIDDEN_CHARACTER
        for row in shown.tolist()
        for text, is_shown in zip(texts, row, strict=True)
    ]
    made = featurizer.features(words, [len(texts)] * len(shown))
    return {
        name: rows.reshape(len(shown), len(texts), *rows.shape[1:]) for name, rows in made.items()
    }


def _put(rows: npt.NDArray[Any], inside: slice, own: npt.NDArray[Any]) -> npt.NDArray[Any]:
    changed = rows.copy()
    changed[inside] = own
    return changed


def hide_in_text(document: Document, words: Iterable[Word]) -> Document:
    """The document with as many strange characters in a hidden word's place as it has."""
    text = document.text
    for start, end in words:
        text = text[:start] + HIDDEN_CHARACTER * (end - start) + text[end:]
    return Document(document.id, text)
