"""BioC XML, streamed by lxml into the BioC library's objects.

The library's own decoder resolves entities, keeps the whole file and refuses texts over 10 MB;
its encoder is used as it is.
"""

from __future__ import annotations

from collections.abc import Iterator

from bioc import (
    BioCAnnotation,
    BioCDocument,
    BioCLocation,
    BioCNode,
    BioCPassage,
    BioCRelation,
    BioCSentence,
)
from bioc.biocxml.encoder import encode_document
from lxml import etree

from bioweave.document import Document
from bioweave.errors import FormatError, InputError
from bioweave.formats.bioc.decoding import from_bioc
from bioweave.formats.bioc.encoding import to_bioc
from bioweave.formats.parts import Part
from bioweave.formats.sink import Sink
from bioweave.formats.source import Source
from bioweave.formats.xml_stream import element_text, line_of, stream_elements

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE collection SYSTEM "BioC.dtd">\n'
    "<collection><source>bioweave</source><date></date><key></key>\n"
)
_TAIL = "</collection>\n"


def read_bioc_xml(source: Source) -> Iterator[tuple[int | None, Document] | InputError]:
    """The collection's documents, each with its line."""
    for element in stream_elements(source, ("collection",), ("document",)):
        line = line_of(element)
        id_ = element_text(element.find("id"))
        place = source.place(line=line, document=id_)
        try:
            yield line, from_bioc(_document(element, id_))
        except InputError as error:
            yield type(error)(error.message, place)
        except (KeyError, ValueError) as error:
            yield FormatError(f"not the shape of a BioC document: {error}", place)


class BiocXmlEncoder:
    """Writes a collection, document by document."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        sink.write(_HEAD)

    def write(self, document: Document) -> list[Part]:
        """Writes the document whole: nothing more is lost."""
        try:
            element = encode_document(to_bioc(document))
        except UnicodeEncodeError:
            raise
        except ValueError as error:  # a character in a key or an id that XML does not have
            raise FormatError(f"cannot be written as XML: {error}") from error
        self._sink.write(etree.tostring(element, encoding="unicode") + "\n")
        return []

    def close(self) -> None:
        """Completes the collection."""
        if not self._sink.is_closed:
            self._sink.write(_TAIL)
            self._sink.close()


def _document(element: etree._Element, id_: str) -> BioCDocument:
    document = BioCDocument()
    document.id = id_
    document.infons = _infons(element)
    for child in element.iterfind("passage"):
        document.add_passage(_passage(child))
    _add_annotations(document, element)
    return document


def _passage(element: etree._Element) -> BioCPassage:
    passage = BioCPassage()
    passage.offset = _offset(element)
    passage.infons = _infons(element)
    passage.text = element_text(element.find("text"))
    for child in element.iterfind("sentence"):
        sentence = BioCSentence()
        sentence.offset = _offset(child)
        sentence.text = element_text(child.find("text"))
        _add_annotations(sentence, child)
        passage.add_sentence(sentence)
    _add_annotations(passage, element)
    return passage


def _offset(element: etree._Element) -> int:
    text = element.findtext("offset")
    if text is None:
        raise FormatError(f"a {element.tag} has no offset")
    return int(text)


def _add_annotations(
    owner: BioCDocument | BioCPassage | BioCSentence, element: etree._Element
) -> None:
    for child in element.iterfind("annotation"):
        annotation = BioCAnnotation()
        annotation.id = child.get("id", "")
        annotation.infons = _infons(child)
        annotation.text = element_text(child.find("text"))
        for place in child.iterfind("location"):
            location = BioCLocation(int(place.attrib["offset"]), int(place.attrib["length"]))
            annotation.add_location(location)
        owner.add_annotation(annotation)
    for child in element.iterfind("relation"):
        relation = BioCRelation()
        relation.id = child.get("id", "")
        relation.infons = _infons(child)
        for node in child.iterfind("node"):
            relation.add_node(BioCNode(node.attrib["refid"], node.get("role", "")))
        owner.add_relation(relation)


def _infons(element: etree._Element) -> dict[str, str]:
    return {str(child.attrib["key"]): element_text(child) for child in element.iterfind("infon")}
