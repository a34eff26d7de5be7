"""Which articles a PubMed file has, in which version, and which it takes back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from lxml import etree

from bioweave.errors import FormatError
from bioweave.formats.pubmed.reading import ARTICLES, ROOTS, citation_of, id_of, pmid_of
from bioweave.formats.source import open_source
from bioweave.formats.xml_stream import element_text, stream_elements

_DELETIONS = "DeleteCitation"


@dataclass(frozen=True, slots=True)
class Citation:
    """An article's id and version, or, where `is_deletion`, that it is to be forgotten."""

    id: str
    version: int
    is_deletion: bool


def read_citations(target: Path | BinaryIO) -> Iterator[Citation]:
    """The articles that `read_documents` finds in a PubMed file, in its order, and the deletions.

    What ends the file early ends this as well, without an error.
    """
    try:
        with open_source(target) as source:
            for element in stream_elements(source, ROOTS, (*ARTICLES, _DELETIONS)):
                if element.tag == _DELETIONS:
                    for pmid in element.iterfind("PMID"):
                        yield Citation(id_of(element_text(pmid).strip()), 1, True)
                    continue
                citation = citation_of(element)
                number = "" if citation is None else pmid_of(citation)
                if citation is not None and number:
                    yield Citation(id_of(number), _version(citation), False)
    except FormatError:
        return


def _version(citation: etree._Element) -> int:
    number = citation.find("PMID")
    version = "1" if number is None else number.get("Version", "1")
    return int(version) if version.isdigit() else 1
