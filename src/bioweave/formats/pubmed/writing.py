"""Documents as a PubMed article set: title, abstract and id, nothing more."""

from __future__ import annotations

import re
from itertools import pairwise
from xml.sax.saxutils import escape

from bioweave.document import Document
from bioweave.formats.parts import Part
from bioweave.formats.sink import Sink

_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<PubmedArticleSet>\n'
_TAIL = "</PubmedArticleSet>\n"


class PubmedEncoder:
    """Writes each document as a `PubmedArticle`."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        sink.write(_HEAD)

    def write(self, document: Document) -> list[Part]:
        """Writes a first passage `title` as the title, and what follows as the abstract.

        Each further passage is a section of the abstract. Without a title the first passage, or
        the whole text, stands in its place.
        """
        lost: list[Part] = []
        # An article without any would not be read again.
        pmid = document.id.removeprefix("PMID:").strip() or "unnamed"
        if not re.fullmatch(r"PMID:[0-9]+", document.id):
            lost.append(Part.DOCUMENT_IDS)
        pieces = _pieces(document)
        title, *sections = pieces
        if " ".join(pieces) != document.text:
            lost.append(Part.WHITE_SPACE)
        kinds = [passage.kind for passage in document.passages]
        if kinds and kinds != ["title"] + ["abstract"] * len(sections):
            lost.append(Part.PASSAGES)
        abstract = "".join(
            f"<AbstractText>{escape(section)}</AbstractText>" for section in sections
        )
        self._sink.write(
            f"<PubmedArticle><MedlineCitation><PMID>{escape(pmid)}</PMID><Article>"
            f"<ArticleTitle>{escape(title)}</ArticleTitle>"
            f"{f'<Abstract>{abstract}</Abstract>' if abstract else ''}"
            f"</Article></MedlineCitation></PubmedArticle>\n"
        )
        return lost

    def close(self) -> None:
        """Completes the set."""
        if not self._sink.is_closed:
            self._sink.write(_TAIL)
            self._sink.close()


def _pieces(document: Document) -> list[str]:
    """The text cut before each passage, white space collapsed; the first piece is the title."""
    cuts = sorted({0, len(document.text), *(passage.start for passage in document.passages)})
    pieces = [" ".join(document.text[start:end].split()) for start, end in pairwise(cuts)]
    return [piece for piece in pieces if piece] or [""]
