"""Articles of PubMed XML as documents: title and abstract."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from bioweave.document import Document, Passage
from bioweave.errors import FormatError, InputError
from bioweave.formats.source import Source
from bioweave.formats.xml_stream import element_text, line_of, stream_elements

ROOTS = (
    "PubmedArticleSet",
    "PubmedBookArticleSet",
    "MedlineCitationSet",
    "PubmedArticle",
    "PubmedBookArticle",
)
ARTICLES = ("PubmedArticle", "PubmedBookArticle")
# Where a citation keeps its parts: in articles, in books, and as the root of old Medline files.
_CITATIONS = ("MedlineCitation", "BookDocument")


def read_pubmed(source: Source) -> Iterator[tuple[int | None, Document] | InputError]:
    """The articles: `PMID:` and the number as id, title and abstract as text, joined by a space.

    White space is collapsed, inline tags (`<i>`, `<sub>`) leave their text, and a structured
    abstract's section starts with its label, as PubMed prints it; each section is a passage. Where
    there is no title, the vernacular one stands in. The metadata's `year` is that of publication.
    Deleted citations are no documents.
    """
    for element in stream_elements(source, ROOTS, ARTICLES):
        line = line_of(element)
        citation = citation_of(element)
        pmid = "" if citation is None else pmid_of(citation)
        if citation is None or not pmid:
            yield FormatError(
                "an article without a PMID; expected MedlineCitation/PMID", source.place(line=line)
            )
            continue
        yield line, _document(pmid, citation)


def citation_of(article: etree._Element) -> etree._Element | None:
    """The part of an article that has its number, title and abstract."""
    return next((child for child in article if child.tag in _CITATIONS), None)


def pmid_of(citation: etree._Element) -> str:
    """Its own number, empty where it has none."""
    # Not `iter`: the PMIDs of commented and cited articles stand further down.
    return element_text(citation.find("PMID")).strip()


def id_of(pmid: str) -> str:
    """The id of the document that has this number."""
    return f"PMID:{pmid}" if pmid.isdigit() else pmid


def _document(pmid: str, citation: etree._Element) -> Document:
    article = citation.find("Article")
    article = citation if article is None else article
    vernacular = _clean(article.find("VernacularTitle"))
    title = _clean(article.find("ArticleTitle")) or vernacular
    pieces = [(title, "title")] if title else []
    pieces += [(section, "abstract") for section in _sections(article) if section]
    passages, offset = [], 0
    for piece, kind in pieces:
        passages.append(Passage(offset, offset + len(piece), kind))
        offset += len(piece) + 1
    metadata: dict[str, str | int] = {"pmid": pmid}
    year = _year(citation)
    if year is not None:
        metadata["year"] = year
    if vernacular and vernacular != title:
        metadata["vernacular_title"] = vernacular
    return Document(
        id_of(pmid),
        " ".join(piece for piece, _ in pieces),
        passages=tuple(passages),
        metadata=metadata,
    )


# A journal's issue, a chapter's book, and what stands in for the first where it has none; a
# MedlineDate reads `1998 Dec-1999 Jan`.
_DATES = (
    "Article/Journal/JournalIssue/PubDate/Year",
    "Article/Journal/JournalIssue/PubDate/MedlineDate",
    "Book/PubDate/Year",
    "Article/ArticleDate/Year",
)
_YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b")


def _year(citation: etree._Element) -> int | None:
    for path in _DATES:
        found = _YEAR.search(element_text(citation.find(path)))
        if found is not None:
            return int(found[0])
    return None


def _sections(article: etree._Element) -> Iterator[str]:
    for section in article.iterfind("Abstract/AbstractText"):
        label, text = section.get("Label", "").strip(), _clean(section)
        yield f"{label}: {text}" if label and text else text


def _clean(element: etree._Element | None) -> str:
    return " ".join(element_text(element).split())
