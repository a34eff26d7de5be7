from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from bioweave.errors import FormatError
from bioweave.lexicon.sources import SourceEntry, SourceFile, SourceSettings, read_entries

_DTD = "https://www.nlm.nih.gov/databases/dtd/nlmdescriptorrecordset_20240101.dtd"
_DESCRIPTORS = f"""<?xml version="1.0"?>
<!DOCTYPE DescriptorRecordSet SYSTEM "{_DTD}">
<DescriptorRecordSet LanguageCode="eng">
<DescriptorRecord DescriptorClass="1">
  <DescriptorUI>D001249</DescriptorUI>
  <DescriptorName><String>Asthma</String></DescriptorName>
  <TreeNumberList><TreeNumber>C08.127</TreeNumber><TreeNumber>C20.5</TreeNumber></TreeNumberList>
  <ConceptList><Concept PreferredConceptYN="Y"><TermList>
    <Term IsPermutedTermYN="N"><String>Asthma</String></Term>
    <Term IsPermutedTermYN="N"><String>Bronchial Asthma</String></Term>
    <Term IsPermutedTermYN="Y"><String>Asthma, Bronchial</String></Term>
  </TermList></Concept></ConceptList>
</DescriptorRecord>
<DescriptorRecord><DescriptorUI>D000002</DescriptorUI></DescriptorRecord>
</DescriptorRecordSet>
"""
_SUPPLEMENTARY = """<SupplementalRecordSet LanguageCode="eng">
<SupplementalRecord SCRClass="3">
  <SupplementalRecordUI>C536910</SupplementalRecordUI>
  <SupplementalRecordName><String>Thyroid cancer, anaplastic</String></SupplementalRecordName>
  <HeadingMappedToList><HeadingMappedTo><DescriptorReferredTo>
    <DescriptorUI>*D065646</DescriptorUI>
    <DescriptorName><String>Thyroid Carcinoma, Anaplastic</String></DescriptorName>
  </DescriptorReferredTo></HeadingMappedTo></HeadingMappedToList>
</SupplementalRecord>
<SupplementalRecord SCRClass="1">
  <SupplementalRecordUI>C000002</SupplementalRecordUI>
  <SupplementalRecordName><String>bevonium</String></SupplementalRecordName>
</SupplementalRecord>
<SupplementalRecord SCRClass="2">
  <SupplementalRecordUI>C000003</SupplementalRecordUI>
  <SupplementalRecordName><String>ABC protocol</String></SupplementalRecordName>
</SupplementalRecord>
</SupplementalRecordSet>
"""


def _read(path: Path, content: bytes) -> tuple[list[SourceEntry], SourceFile]:
    path.write_bytes(content)
    file = SourceFile(path)
    return list(read_entries(file, SourceSettings(path))), file


def test_descriptors(tmp_path: Path) -> None:
    (entry,), file = _read(tmp_path / "desc.gz", gzip.compress(_DESCRIPTORS.encode()))
    assert file.version == "2024"
    assert entry.id == "D001249"
    assert entry.line == 4
    assert entry.codes == ("C08.127", "C20.5")
    assert [(name.text, name.kind) for name in entry.names] == [
        ("Asthma", "preferred"),
        ("Bronchial Asthma", "synonym"),
        ("Asthma, Bronchial", "permuted"),
    ]
    assert file.warnings == {"record without id or name left out": 1}


def test_supplementary_records(tmp_path: Path) -> None:
    entries, file = _read(tmp_path / "supp2024.xml", _SUPPLEMENTARY.encode())
    assert file.version == "2024"
    assert [(entry.id, entry.label) for entry in entries] == [
        ("C536910", "Disease"),
        ("C000002", "Chemical"),
        ("C000003", None),
    ]
    assert entries[0].properties == {"headings": "D065646"}


def test_truncated_xml_is_an_error_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match=r"desc\.xml, line 12: the XML is damaged or truncated"):
        _read(tmp_path / "desc.xml", _DESCRIPTORS.encode()[:700])
    with pytest.raises(FormatError, match="ends too early"):
        _read(tmp_path / "desc.gz", gzip.compress(_DESCRIPTORS.encode())[:-30])


def test_other_xml_and_entities_are_refused(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="root element is <html>"):
        _read(tmp_path / "page.xml", b"<html></html>")
    bomb = '<!DOCTYPE r [<!ENTITY a "aaaa">]>' + _SUPPLEMENTARY
    with pytest.raises(FormatError, match="entities"):
        _read(tmp_path / "bomb.xml", bomb.encode())


def test_records_stream(tmp_path: Path) -> None:
    path = tmp_path / "supp.xml"
    record = _SUPPLEMENTARY[_SUPPLEMENTARY.index("<SupplementalRecord SCR") :]
    record = record.removesuffix("</SupplementalRecordSet>\n")
    path.write_text(f"<SupplementalRecordSet>{record * 1000}<broken", encoding="utf-8")
    entries = read_entries(SourceFile(path), SourceSettings(path))
    assert next(entries).id == "C536910"
    with pytest.raises(FormatError, match="damaged or truncated"):
        list(entries)
