"""Elements of an XML stream, one at a time, without entities and in constant memory."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any
from xml.parsers import expat

from lxml import etree

from bioweave.errors import FormatError
from bioweave.formats.source import Source

_LONGEST_PROLOGUE = 1 << 20
_CHUNK = 1 << 14


class _RootReachedError(Exception):
    """Stops the look at the prologue."""


def stream_elements(
    source: Source, roots: tuple[str, ...], tags: tuple[str, ...]
) -> Iterator[etree._Element]:
    """Each element with one of the tags, whole; it is emptied once the next is asked for.

    Raises FormatError where the XML is damaged, where the root element is none of `roots`, or
    where the document declares entities: those are how XML reads other files and fills
    the memory, and no format here needs them. A document type that only names a DTD is passed over.
    """
    prologue = _checked_prologue(source)
    elements = etree.iterparse(
        _Rejoined(prologue, source.stream),
        events=("start", "end"),
        # Documents of more than 10 MB are legitimate; what the limit guards against is refused.
        huge_tree=True,
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        remove_comments=True,
        remove_pis=True,
    )
    depth_of_whole = 0
    root: etree._Element | None = None
    try:
        for event, element in elements:
            if root is None:
                root = element
                _check_root(source, root, roots)
            is_wanted = element.tag in tags
            if event == "start":
                depth_of_whole += is_wanted
            elif is_wanted:
                depth_of_whole -= 1
                if not depth_of_whole:
                    yield element
                    _forget(element)
            elif not depth_of_whole and element is not root:
                _forget(element)
    except etree.XMLSyntaxError as error:
        line = error.position[0] if error.position else None
        message = str(error.msg or error).split(", line ")[0]
        raise FormatError(
            f"the XML is damaged: {message}; documents before this place were read",
            source.place(line=line),
        ) from error


def line_of(element: etree._Element) -> int | None:
    """The line that the element begins in."""
    line: object = element.sourceline
    return line if isinstance(line, int) else None


def element_text(element: etree._Element | None) -> str:
    """The characters of an element, its tags left out; the empty string for None."""
    return "" if element is None else "".join(map(str, element.itertext()))


def _checked_prologue(source: Source) -> bytes:
    """The bytes up to somewhere behind the root's start tag, once nothing in them is refused."""
    parser = expat.ParserCreate()

    def stop(*_: object) -> None:
        raise _RootReachedError

    def refuse(name: str, *_: object) -> None:
        raise FormatError(
            f"the XML declares the entity {name!r}; entities are refused, for they can read "
            f"other files and fill the memory. Remove the declaration and write the text out",
            source.place(line=parser.CurrentLineNumber),
        )

    parser.StartElementHandler = stop
    parser.EntityDeclHandler = refuse
    prologue = b""
    try:
        while chunk := source.stream.read1(_CHUNK):
            prologue += chunk
            parser.Parse(chunk, False)
            if len(prologue) > _LONGEST_PROLOGUE:
                raise FormatError("no XML element within the first MiB", source.place())
    except _RootReachedError:
        return prologue
    except expat.ExpatError as error:
        raise FormatError(
            f"this is not XML: {expat.ErrorString(error.code)}", source.place(line=error.lineno)
        ) from error
    raise FormatError("this is not XML: it ends before any element", source.place())


def _check_root(source: Source, root: etree._Element, roots: tuple[str, ...]) -> None:
    document_type: Any = root.getroottree().docinfo.internalDTD
    # Already looked for, by another parser: two must be fooled before an entity is read.
    if document_type is not None and next(document_type.iterentities(), None) is not None:
        raise FormatError("the XML declares entities, which are refused", source.place())
    if root.tag not in roots:
        raise FormatError(
            f"the root element is <{root.tag}>, expected <{'> or <'.join(roots)}>",
            source.place(line=line_of(root)),
        )


def _forget(element: etree._Element) -> None:
    element.clear()
    parent = element.getparent()
    if parent is not None:
        # The element itself must stay until the parser has passed it.
        while (earlier := element.getprevious()) is not None:
            parent.remove(earlier)


class _Rejoined(io.RawIOBase):
    """The bytes already taken from a stream, and then the stream."""

    def __init__(self, taken: bytes, rest: io.BufferedReader) -> None:
        self._taken = io.BytesIO(taken)
        self._rest = rest

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        # What can be had without reading on, which may fail.
        return self._taken.read(size) or self._rest.read1(size)
