from __future__ import annotations

import gzip
import io
from pathlib import Path

import pytest

from bioweave.document import Document
from bioweave.errors import FormatError
from bioweave.formats import (
    FORMAT_TABLE,
    FORMATS,
    detect_format,
    format_for_output,
    open_writer,
    read_documents,
)

CONTENT = {
    "text": "Gout hurts.",
    "jsonl": '{"id": "a", "text": "Gout hurts."}\n{"text": "And more."}\n',
    "bioc-xml": "<?xml version='1.0'?>\n<!-- a comment -->\n"
    "<!DOCTYPE collection SYSTEM 'BioC.dtd'>\n"
    "<collection><document><id>1</id></document></collection>",
    "bioc-json": '{\n  "source": "x",\n  "documents": [{"id": "1", "passages": []}]\n}',
    "pubtator": "17|t|Gout hurts.\n17|a|It does.\n",
    "conll": "-DOCSTART-\tO\n\nGout\tB-Disease\nhurts\tO\n",
    "pubmed-xml": '<?xml version="1.0"?>\n<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD" '
    '"https://dtd.nlm.nih.gov/x.dtd">\n<PubmedArticleSet/>',
    "csv": "document,text,start\na,Gout hurts.,\n",
}


@pytest.mark.parametrize("format", CONTENT)
@pytest.mark.parametrize("is_packed", [False, True])
def test_a_file_without_suffix_is_known_by_its_content(
    tmp_path: Path, format: str, is_packed: bool
) -> None:
    content = CONTENT[format].encode()
    path = tmp_path / ("data.gz" if is_packed else "data")
    path.write_bytes(gzip.compress(content) if is_packed else content)
    assert detect_format(path) == format


@pytest.mark.parametrize(
    ("name", "format"),
    [
        ("a.jsonl", "jsonl"), ("a.NDJSON", "jsonl"), ("a.jsonl.gz", "jsonl"), ("a.ann", "brat"),
        ("a.PubTator", "pubtator"), ("a.iob2", "conll"), ("a.csv", "csv"), ("a.a1", "brat"),
        ("a.parquet", "parquet"),
    ],
)  # fmt: skip
def test_a_suffix_that_says_all_is_believed(tmp_path: Path, name: str, format: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"anything")
    assert detect_format(path) == format


@pytest.mark.parametrize(
    ("name", "format"),
    [
        ("a.txt", "text"), ("a.txt", "pubtator"), ("a.txt", "conll"), ("a.xml", "bioc-xml"),
        ("a.xml", "pubmed-xml"), ("a.json", "bioc-json"), ("a.json", "jsonl"), ("a.tsv", "conll"),
    ],
)  # fmt: skip
def test_a_suffix_of_several_formats_is_looked_into(tmp_path: Path, name: str, format: str) -> None:
    path = tmp_path / name
    path.write_text(CONTENT[format])
    assert detect_format(path) == format


def test_a_text_with_annotations_beside_it_is_brat(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Gout.")
    assert detect_format(tmp_path / "a.txt") == "text"
    (tmp_path / "a.ann").write_text("")
    assert detect_format(tmp_path / "a.txt") == "brat"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.docx", b"PK"), ("a.xml", b"<html/>"), ("a.json", b"{nothing"), ("a", b"\x7fELF\0\0"),
        ("a.tsv", b"a\tb\n1\t2\n"),
    ],
)  # fmt: skip
def test_what_cannot_be_known_is_refused_with_a_remedy(
    tmp_path: Path, name: str, content: bytes
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(FormatError, match=r"name (it|the format), one of text, jsonl"):
        detect_format(path)


def test_a_sentence_is_no_table(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("The text, and its parts, text\nGlucose O\n")
    assert detect_format(path) == "text"


@pytest.mark.parametrize("format", [f for f in FORMATS if f not in ("brat", "html")])
def test_what_is_written_to_a_stream_is_known_again(format: str) -> None:
    stream = io.BytesIO()
    with open_writer(stream, format) as writer:
        writer.write(Document("PMID:1", "Gout hurts."))
    (document,) = read_documents(io.BytesIO(stream.getvalue()))
    assert document.text.split()[0] == "Gout"
    if format != "text":
        assert document.id == "PMID:1"


def test_an_output_is_in_the_format_of_its_suffix() -> None:
    for name, format in FORMAT_TABLE.items():
        if name != "pubmed-xml":  # shares .xml with bioc-xml, which is what one writes
            assert format_for_output(Path(f"a{format.suffixes[0]}")) == name
            assert format_for_output(Path(f"a{format.suffixes[0].upper()}.gz")) == name
    assert format_for_output(Path("folder")) is None
