"""Which passages of unlabelled text are worth a teacher's time."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from bioweave.document import Document
from bioweave.errors import ConfigurationError
from bioweave.text import split_words
from bioweave.training.lines import read_lines

# A passage is rich when so many of its words, in percent, usually stand in mentions.
_RICH = 4.0
# Of the others this share is taken all the same: a student must see text without mentions too.
_SHARE_OF_POOR = 0.15
_SHORTEST, _LONGEST = 200, 6_000  # characters


def choose_passages(
    path: Path, n: int, gold: Iterable[Document], *, seed: int = 0
) -> list[Document]:
    """`n` passages of a text file (one a line, may be compressed), the rich in mentions preferred.

    Rich is a passage of whose words at least 4 percent stood mostly inside mentions of `gold`; of
    the others one in seven is taken. Which lines these are follows from the seed and their
    numbers. Ids are line numbers from 1. Raises ConfigurationError where the file has too few,
    and FormatError where it cannot be read.
    """
    likely = words_of_mentions(gold)
    numbered = [
        (number, line.strip())
        for number, line in enumerate(read_lines(path), start=1)
        if _SHORTEST <= len(line) <= _LONGEST
    ]
    chosen = list(_chosen(numbered, n, likely, seed))
    if len(chosen) < n:
        raise ConfigurationError(
            f"{path} has only {len(chosen)} passages that are worth labelling, not {n}: lower "
            "distillation.passages"
        )
    return [
        Document(f"{path.name.partition('.')[0]}:{number}", text) for number, text in sorted(chosen)
    ]


def words_of_mentions(documents: Iterable[Document]) -> frozenset[str]:
    """Words, case aside, that stand in mentions twice or more, and mostly there."""
    inside: Counter[str] = Counter()
    everywhere: Counter[str] = Counter()
    for document in documents:
        marked = sorted((mention.start, mention.end) for mention in document.mentions)
        reached = 0
        for start, end in split_words(document.text):
            word = document.text[start:end].lower()
            everywhere[word] += 1
            while reached < len(marked) and marked[reached][1] <= start:
                reached += 1
            if reached < len(marked) and marked[reached][0] < end:
                inside[word] += 1
    return frozenset(
        word
        for word, count in inside.items()
        if count >= 2 and 2 * count > everywhere[word] and any(map(str.isalpha, word))
    )


def _chosen(
    numbered: Sequence[tuple[int, str]], n: int, likely: frozenset[str], seed: int
) -> Iterator[tuple[int, str]]:
    n_taken = 0
    for rank, number, text in sorted(
        (_rank(number, seed), number, text) for number, text in numbered
    ):
        if n_taken == n:
            return
        words = [text[start:end].lower() for start, end in split_words(text)]
        n_likely = sum(word in likely for word in words)
        is_rich = 100 * n_likely >= _RICH * len(words)
        # The last bytes of the rank are as good as a coin, and independent of the order.
        if is_rich or int.from_bytes(rank[-4:], "big") < _SHARE_OF_POOR * 2**32:
            n_taken += 1
            yield number, text


def _rank(number: int, seed: int) -> bytes:
    return hashlib.sha256(f"{seed}\0{number}".encode()).digest()
