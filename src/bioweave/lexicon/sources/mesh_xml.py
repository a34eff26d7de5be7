"""MeSH in XML: descriptors (`desc2024.xml`) and supplementary records (`supp2024.xml`)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, BinaryIO, Final

from lxml import etree

from bioweave.lexicon.kinds import PERMUTED, PREFERRED, SYNONYM
from bioweave.lexicon.sources.entry import EntryName, SourceEntry
from bioweave.lexicon.sources.file import SourceFile
from bioweave.lexicon.sources.settings import SourceSettings

_DESCRIPTOR: Final = "DescriptorRecord"
_SUPPLEMENTARY: Final = "SupplementalRecord"
_ROOTS = {"DescriptorRecordSet", "SupplementalRecordSet"}
# What SCRClass says of a supplementary record; 2 and 5 are protocols and populations.
_CLASSES: Final = {"1": "Chemical", "3": "Disease", "4": "Species", "6": "Species"}
_DTD_DATE = re.compile(r"recordset_(\d{8})\.dtd", re.IGNORECASE)
_FILE_YEAR = re.compile(r"(?:desc|supp)(\d{4})", re.IGNORECASE)


def read_mesh_xml(file: SourceFile, settings: SourceSettings) -> Iterator[SourceEntry]:
    """An entry for each record; codes are its tree numbers.

    Supplementary records have no tree numbers: their class tells the label, and the property
    `headings` the descriptors they are mapped to. Raises FormatError, with the line, where the XML
    is damaged, where it declares entities, or where it is not MeSH.
    """
    with file.stream() as stream:
        yield from _records(file, stream)


def _records(file: SourceFile, stream: BinaryIO) -> Iterator[SourceEntry]:
    parser = etree.iterparse(
        stream,
        events=("start", "end"),
        # A descriptor file has 300 MB; what the limit guards against, entities, is refused.
        huge_tree=True,
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        remove_comments=True,
    )
    is_first = True
    try:
        for event, element in parser:
            if is_first:
                _check_root(file, element)
                is_first = False
            if event == "start" or element.tag not in (_DESCRIPTOR, _SUPPLEMENTARY):
                continue
            yield from _entry(file, element)
            _forget(element)
    except etree.XMLSyntaxError as error:
        line = error.position[0] if error.position else None
        message = str(error.msg or error).split(", line ")[0]
        raise file.error(f"the XML is damaged or truncated: {message}", line) from error
    if is_first:
        raise file.error("the file is empty; expected MeSH in XML")


def _check_root(file: SourceFile, root: etree._Element) -> None:
    # The stubs do not know entities and the system id.
    document: Any = root.getroottree().docinfo
    declared = document.internalDTD
    if declared is not None and next(declared.iterentities(), None) is not None:
        raise file.error("the XML declares entities, which are refused; remove the declaration")
    if root.tag not in _ROOTS:
        raise file.error(f"the root element is <{root.tag}>, expected one of {sorted(_ROOTS)}")
    date = _DTD_DATE.search(document.system_url or "")
    year = _FILE_YEAR.search(file.plain_name)
    file.version = date[1][:4] if date else year[1] if year else None


def _entry(file: SourceFile, record: etree._Element) -> Iterator[SourceEntry]:
    is_descriptor = record.tag == _DESCRIPTOR
    id_ = record.findtext("DescriptorUI" if is_descriptor else "SupplementalRecordUI")
    name = record.findtext(
        "DescriptorName/String" if is_descriptor else "SupplementalRecordName/String"
    )
    line = _line_of(record)
    if not id_ or not name:
        file.warn("record without id or name left out", line, id_ or name or "")
        return
    names = [EntryName(name.strip(), PREFERRED)]
    for term in record.iterfind("ConceptList/Concept/TermList/Term"):
        text = (term.findtext("String") or "").strip()
        is_permuted = term.get("IsPermutedTermYN") == "Y"
        if text != names[0].text:
            names.append(EntryName(text, PERMUTED if is_permuted else SYNONYM))
    headings = [
        (heading.text or "").strip().lstrip("*")
        for heading in record.iterfind("HeadingMappedToList/HeadingMappedTo//DescriptorUI")
    ]
    trees = tuple(
        (number.text or "").strip() for number in record.iterfind("TreeNumberList/TreeNumber")
    )
    yield SourceEntry(
        id_.strip(),
        tuple(names),
        line=line,
        label=None if is_descriptor else _CLASSES.get(record.get("SCRClass", "1")),
        codes=trees,
        properties={"headings": "|".join(headings)} if headings else {},
    )


def _line_of(element: etree._Element) -> int | None:
    line: object = element.sourceline
    return line if isinstance(line, int) else None


def _forget(element: etree._Element) -> None:
    element.clear()
    parent = element.getparent()
    while parent is not None and (earlier := element.getprevious()) is not None:
        parent.remove(earlier)
