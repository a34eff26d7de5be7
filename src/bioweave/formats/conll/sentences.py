"""CoNLL's lines as raw sentences: a token a line, its tag in the last column.

A blank line ends a sentence. `-DOCSTART-`, alone or with more columns, starts a document; AIDA's
`-DOCSTART- (ID)` and JNLPBA's `###MEDLINE:ID` name it too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

_DOCUMENT_START = re.compile(
    r"-DOCSTART-(?:[ \t]+\((?P<named>.*)\))?(?:[ \t].*)?|###(?P<medline>MEDLINE:.*)"
)


class ConllToken(NamedTuple):
    """A token, its tag, and the columns between the two."""

    text: str
    tag: str
    columns: tuple[str, ...]
    line: int


@dataclass(slots=True)
class ConllSentence:
    """Tokens between two blank lines.

    `starts_document` is True for the first sentence after a document's start; `document` is the
    id that the start gave, where it gave one. A line with a token but no tag is in
    `untagged_lines`, and its token carries the tag "".
    """

    line: int
    starts_document: bool
    document: str | None
    tokens: list[ConllToken] = field(default_factory=list)
    untagged_lines: list[int] = field(default_factory=list)


def parse_sentences(lines: Iterable[str]) -> Iterator[ConllSentence]:
    r"""One sentence after the other, never raising; columns are apart by tabs, else by spaces.

    >>> sentence, = parse_sentences(["-DOCSTART-\tO", "", "IL-2\tB-DNA", "gene\tI-DNA"])
    >>> sentence.starts_document, [token.text for token in sentence.tokens]
    (True, ['IL-2', 'gene'])
    """
    sentence: ConllSentence | None = None
    starts_document, document = True, None
    for number, raw in enumerate(lines, start=1):
        line = raw.rstrip("\r\n")
        start = _DOCUMENT_START.fullmatch(line)
        if start or not line.strip():
            if sentence is not None:
                yield sentence
                sentence, starts_document = None, False
            if start:
                starts_document = True
                document = start["named"] or start["medline"]
            continue
        if sentence is None:
            sentence = ConllSentence(number, starts_document, document)
        token = _token(line, number)
        if not token.tag:
            sentence.untagged_lines.append(number)
        sentence.tokens.append(token)
    if sentence is not None:
        yield sentence


def _token(line: str, number: int) -> ConllToken:
    columns = line.split("\t") if "\t" in line else line.split()
    if len(columns) == 1:
        return ConllToken(columns[0], "", (), number)
    return ConllToken(columns[0], columns[-1].strip(), tuple(columns[1:-1]), number)
