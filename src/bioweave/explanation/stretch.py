"""The part of a document that decides on a span: the words that are decoded together with it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bioweave.annotator.preparation import PreparedDocument
from bioweave.features.windows import Window

# What a chain of tags knows of a word is forgotten after a handful of others.
_REMEMBERED = 16


@dataclass(frozen=True, slots=True, eq=False)
class Stretch:
    """Words `word_start:word_end` of a document, as a prepared document of their own.

    `prepared` counts its words and windows from the first of these words.
    """

    prepared: PreparedDocument
    word_start: int
    word_end: int


def cut_stretch(prepared: PreparedDocument, word_start: int, word_end: int) -> Stretch:
    """The least stretch of windows that decides on these words of the document.

    Of a segment, the windows of one long sentence that a tagger decodes together, only those near
    the words are in it.
    """
    near = range(word_start - _REMEMBERED, word_end + _REMEMBERED)
    touched = {
        window.segment for window in prepared.windows if _touches(window, word_start, word_end)
    }
    windows = [
        window
        for window in prepared.windows
        if window.segment in touched and _touches(window, near.start, near.stop)
    ]
    start, end = windows[0].keep_start, windows[-1].keep_end
    return Stretch(
        PreparedDocument(
            document=prepared.document,
            words=prepared.words[start:end],
            windows=[
                replace(
                    window,
                    word_start=window.word_start - start,
                    word_end=window.word_end - start,
                    keep_start=window.keep_start - start,
                    keep_end=window.keep_end - start,
                )
                for window in windows
            ],
            features={name: rows[start:end] for name, rows in prepared.features.items()},
        ),
        start,
        end,
    )


def _touches(window: Window, word_start: int, word_end: int) -> bool:
    return window.keep_start < word_end and word_start < window.keep_end
