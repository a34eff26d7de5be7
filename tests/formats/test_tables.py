"""CSV and Parquet, and the table of what each format holds."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import pytest

from bioweave.document import Concept, Document, Mention
from bioweave.formats import FORMATS, Part, markdown_table, open_writer, read_documents

DOCUMENTS = [
    Document("a", "Gout hurts.", (Mention(0, 4, "Gout", "Disease", 0.5, (Concept("D1"),)),)),
    Document("b", "Nothing here."),
]


def test_csv_is_a_row_a_document_and_a_row_a_mention() -> None:
    stream = io.BytesIO()
    with open_writer(stream, "csv") as writer:
        for document in DOCUMENTS:
            writer.write(document)
    assert stream.getvalue().decode().splitlines() == [
        "document,text,start,end,mention,label,confidence,concepts,mention_id,fragments,details",
        "a,Gout hurts.,,,,,,,,,",
        "a,,0,4,Gout,Disease,0.5,D1,,,",
        "b,Nothing here.,,,,,,,,,",
    ]
    assert list(read_documents(io.BytesIO(stream.getvalue()))) == DOCUMENTS


def test_csv_needs_no_more_than_a_text_column() -> None:
    found = list(read_documents(io.BytesIO(b"note,text\n1,one\n2,two\n"), "csv"))
    assert [(d.id, d.text) for d in found] == [("document-1", "one"), ("document-2", "two")]


def test_csv_that_repeats_the_text_is_one_document() -> None:
    content = (
        "document,text,start,end,label\na,one two,0,3,X\na,one two,4,7,Y\nb,one two,0,3,X\n"
        "b,,4,7,Y\n"
    )
    found = list(read_documents(io.BytesIO(content.encode())))
    assert [(d.id, [(m.text, m.label) for m in d.mentions]) for d in found] == [
        ("a", [("one", "X"), ("two", "Y")]),
        ("b", [("one", "X"), ("two", "Y")]),
    ]


def test_a_csv_field_may_be_large() -> None:
    document = Document("a", "long words, " * 100_000)
    stream = io.BytesIO()
    with open_writer(stream, "csv") as writer:
        writer.write(document)
    assert list(read_documents(io.BytesIO(stream.getvalue()))) == [document]


@pytest.mark.parametrize(
    "format", ["text", "jsonl", "bioc-xml", "bioc-json", "pubtator", "csv", "conll", "parquet"]
)
def test_a_document_of_ten_megabytes_is_one_document(format: str) -> None:
    if format == "parquet":
        pytest.importorskip("pyarrow", reason="pyarrow, of the extra `scale`, is not installed")
    n_words = 300_000 if format == "conll" else 2_000_000
    document = Document("document", "word " * n_words + "😀")
    stream = io.BytesIO()
    with open_writer(stream, format) as writer:
        writer.write(document)
    (found,) = read_documents(io.BytesIO(stream.getvalue()), format)
    assert len(found.text) >= len(document.text) - 1
    assert found.text.endswith("word 😀") or format == "conll"


def test_parquet_is_read_by_others() -> None:
    parquet = pytest.importorskip(
        "pyarrow.parquet", reason="pyarrow, of the extra `scale`, is not installed"
    )
    stream = io.BytesIO()
    with open_writer(stream, "parquet") as writer:
        for number in range(600):
            writer.write(Document(f"d{number}", "Gout.", DOCUMENTS[0].mentions[:0]))
        writer.write(DOCUMENTS[0])
    table = parquet.ParquetFile(io.BytesIO(stream.getvalue()))
    assert table.num_row_groups == 3
    last = table.read().to_pylist()[-1]
    assert (last["id"], last["text"]) == ("a", "Gout hurts.")
    assert last["mentions"][0]["concepts"] == [{"id": "D1", "name": None, "score": None}]


def test_parquet_needs_no_more_than_a_text_column(tmp_path: Path) -> None:
    pa = pytest.importorskip("pyarrow", reason="pyarrow, of the extra `scale`, is not installed")
    parquet = pytest.importorskip("pyarrow.parquet")
    path = tmp_path / "plain.parquet"
    parquet.write_table(pa.table({"text": ["one", "two"], "year": [1, 2]}), path)
    found = list(read_documents(path))
    assert [(d.id, d.text, d.metadata) for d in found] == [
        ("plain-1", "one", {"year": 1}),
        ("plain-2", "two", {"year": 2}),
    ]


def test_without_pyarrow_the_extra_is_named() -> None:
    script = (
        "import sys; sys.modules['pyarrow'] = None\n"
        "from pathlib import Path\n"
        "from bioweave.errors import MissingExtraError\n"
        "from bioweave.formats import open_writer, read_documents\n"
        "for use in (lambda: open_writer(Path('x.parquet'), 'parquet'),\n"
        "            lambda: list(read_documents(Path(sys.argv[1]), 'parquet'))):\n"
        "    try: use()\n"
        "    except MissingExtraError as error: print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, __file__], capture_output=True, text=True, check=True
    )
    expected = "Parquet needs 'pyarrow', which is not installed: pip install 'bioweave[scale]'\n"
    assert done.stdout == expected * 2


def test_importing_formats_loads_no_library_of_any_format() -> None:
    script = (
        "import sys, bioweave.formats\n"
        "heavy = {'lxml', 'bioc', 'pyarrow', 'polars', 'pandas', 'sentencex', 'torch'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"


def test_the_documentation_has_the_table(repository: Path) -> None:
    documented = (repository / "docs" / "formats.md").read_text()
    assert markdown_table() in documented
    for format in FORMATS:
        assert f"`{format}`" in documented
    assert len(list(Part)) == markdown_table().count("\n| ")
