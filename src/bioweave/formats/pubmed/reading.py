"""Articles of PubMed XML as documents: title and abstract."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from bioweave.document import Document, Passage
from bioweave.errors import FormatError, InputError
from bioweave.formats.source import Source
from bioweave.formats.xml_stream import element_text, line_of, stream_elements

_ROOTS = (
    "PubmedArticleSet",
    "PubmedBookArticleSet",
    "MedlineCitationSet",
    "PubmedArticle",
    "PubmedBookArticle",
)
_ARTICLES = ("PubmedArticle", "PubmedBookArticle")
# Where a citation keeps its parts: in articles, in books, and as the root of old Medline files.
_CITATIONS = ("MedlineCitation", "BookDocument")


def read_pubmed(source: Source) -> Iterator[tuple[int | None, Document] | InputError]:
    """The articles: `PMID:` and the number as id, title and abstract as text, joined by a space.

    White space is collapsed, inline tags (`<i>`, `<sub>`) leave their text, and a structured
    abstract's section starts with its label, as PubMed prints it; each section is a passage. Where
    there is no title, the vernacular one stands in. Deleted citations are no documents.
    """
    for element in stream_elements(source, _ROOTS, _ARTICLES):
        line = line_of(element)
        citation = next((child for child in element if child.tag in _CITATIONS), None)
        # Not `iter`: the PMIDs of commented and cited articles stand further down.
        pmid = "" if citation is None else element_text(citation.find("PMID")).strip()
        if citation is None or not pmid:
            yield FormatError(
                "an article without a PMID; expected MedlineCitation/PMID", source.place(line=line)
            )
            continue
        yield line, _document(pmid, citation)


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
    metadata = {"pmid": pmid}
    if vernacular and vernacular != title:
        metadata["vernacular_title"] = vernacular
    return Document(
        f"PMID:{pmid}" if pmid.isdigit() else pmid,
        " ".join(piece for piece, _ in pieces),
        passages=tuple(passages),
        metadata=metadata,
    )


def _sections(article: etree._Element) -> Iterator[str]:
    for section in article.iterfind("Abstract/AbstractText"):
        label, text = section.get("Label", "").strip(), _clean(section)
        yield f"{label}: {text}" if label and text else text


def _clean(element: etree._Element | None) -> str:
    return " ".join(element_text(element).split())
