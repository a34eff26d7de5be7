"""What is wrong is named with its file, its line and a remedy; the other documents go on."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from bioweave.document import Document, Mention
from bioweave.errors import BioweaveError, FormatError, OffsetError
from bioweave.formats import FORMAT_TABLE, FORMATS, Failure, open_writer, read_documents

READABLE = [name for name in FORMATS if FORMAT_TABLE[name].is_readable]


def read_all(path: Path, format: str = "auto") -> tuple[list[str], list[Failure]]:
    failures: list[Failure] = []
    documents = [d.id for d in read_documents(path, format, on_failure=failures.append)]
    return documents, failures


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, bytes], Path]:
    def write_file(name: str, content: bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return write_file


Write = Callable[[str, bytes], Path]


def test_an_unknown_format_names_those_that_exist(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match=r"unknown format 'docx'.*jsonl"):
        read_documents(tmp_path / "x.jsonl", "docx")
    with pytest.raises(FormatError, match=r"unknown format 'docx'.*jsonl"):
        open_writer(tmp_path / "x.jsonl", "docx")


def test_html_is_not_read(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="only written"):
        read_documents(tmp_path / "x.html", "html")


@pytest.mark.parametrize("format", READABLE)
def test_a_missing_file_is_named(tmp_path: Path, format: str) -> None:
    with pytest.raises(FormatError, match=r"nowhere\.x: cannot be opened: No such file"):
        list(read_documents(tmp_path / "nowhere.x", format))


@pytest.mark.parametrize("format", [*READABLE, "auto"])
def test_an_empty_file_is_named(write: Write, format: str) -> None:
    path = write("empty.txt", b"")
    with pytest.raises(FormatError, match=r"empty\.txt.*the file is empty"):
        list(read_documents(path, format))


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match=r"this is a folder.*discover"):
        list(read_documents(tmp_path, "jsonl"))


def test_without_a_handler_the_first_failure_is_raised(write: Write) -> None:
    path = write("two.jsonl", b'{"text": "one"}\nnonsense\n')
    documents = read_documents(path)
    assert next(documents).text == "one"
    with pytest.raises(FormatError, match=r"two\.jsonl, line 2: not JSON: .* at column 1"):
        next(documents)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"text": "x"', "not JSON"),
        (b"[1, 2]", "the document is a list, expected a JSON object"),
        (b'{"id": "d"}', "no key 'text'"),
        (b'{"text": 5}', "'text' is 5, expected a string"),
        (b'{"id": [], "text": "x"}', "'id' is [], expected a string"),
        (b'{"text": "x", "mentions": {}}', "'mentions' is {}, expected a list"),
        (b'{"text": "x", "mentions": [7]}', "mentions[0] is a int, expected a JSON object"),
        (b'{"text": "x", "mentions": [{"start": "0"}]}', "mentions[0]: 'start' is '0'"),
        (b'{"text": "x", "mentions": [{"start": true, "end": 1}]}', "mentions[0]: 'start' is True"),
        (b'{"text": "x", "mentions": [{"start": 0, "end": 1}]}', "has no key 'label'"),
        (b'{"text": "x", "mentions": [{"start": 0, "end": 2, "label": "L"}]}', "outside the text"),
        (
            b'{"text": "xyz", "mentions": [{"start": 0, "end": 1, "text": "y", "label": "L"}]}',
            "the text, which reads 'x' there; offsets must count Unicode code points",
        ),
        (
            b'{"text": "x", "relations": [{"label": "L", "arguments": [{"role": "a", '
            b'"target": "T9"}]}]}',
            "refers to the mention 'T9', which the document does not have",
        ),
        (
            b'{"text": "xy", "mentions": [{"start": 0, "end": 1, "label": "L", "id": "T1"}, '
            b'{"start": 1, "end": 2, "label": "L", "id": "T1"}]}',
            "two mentions have the id 'T1'",
        ),
        (
            b'{"text": "x", "mentions": [{"start": 0, "end": 1, "label": "L", "fragments": [0]}]}',
            "mentions[0]: 'fragments' is [0], expected a list of [start, end]",
        ),
        (b'{"text": "x", "metadata": []}', "'metadata' is [], expected a JSON object"),
        (
            b'{"text": "x", "relations": [{"label": "L", "arguments": [{"role": "a", '
            b'"target": "b", "kind": "c"}]}]}',
            "relations[0].arguments[0]: 'kind' is 'c', expected 'mention', 'concept' or",
        ),
        (b'{"text": "\\ud83d"}', "half a surrogate pair"),
        (
            b'{"text": "xyz", "passages": [{"start": 0, "end": 2, "kind": "a"}, '
            b'{"start": 1, "end": 3, "kind": "b"}]}',
            "the passage at 1 begins before the one before it ends",
        ),
        (
            b'{"text": "x", "mentions": [{"start": 0, "end": 1, "label": "L", "confidence": 98}]}',
            "mention 'x' has the confidence 98, expected a probability from 0 to 1",
        ),
        (
            b'{"text": "x", "mentions": [{"start": 0, "end": 1, "label": "L", "confidence": NaN}]}',
            "has the confidence nan",
        ),
        (b'{"text": "a\xe9b"}', "byte 0xe9 at byte offset 29 is not UTF-8"),
        (b'{"text": "a\0b"}', "a NUL byte at byte offset 29"),
        (b'{"text": ' + b"9" * 5000 + b"}", "JSON that cannot be read"),
        (b"[" * 200_000, "JSON that cannot be read"),
    ],
)
def test_a_bad_line_is_named_and_the_others_go_on(write: Write, line: bytes, reason: str) -> None:
    path = write(
        "some.jsonl", b'{"text": "first"}\n' + line.replace(b"\n", b"") + b'\n{"text": "third"}\n'
    )
    documents, (failure,) = read_all(path)
    assert documents == ["some-1", "some-3"]
    assert failure.source == str(path)
    assert failure.line == 2
    assert reason in failure.reason
    assert str(failure).startswith(f"{path}, line 2")


@pytest.mark.parametrize("format", ["text", "jsonl", "pubtator", "conll", "csv"])
def test_invalid_utf8_names_byte_and_line(write: Write, format: str) -> None:
    path = write("latin.txt", b"\xef\xbb\xbffirst line\nna\xefve\n")
    failures: list[Failure] = []
    list(read_documents(path, format, on_failure=failures.append))
    found = [failure for failure in failures if "is not UTF-8" in failure.reason]
    if format == "csv":  # the header is wrong before that
        assert "no column 'text'" in failures[0].reason
        return
    assert [failure.line for failure in found] == [2]
    assert "byte 0xef at byte offset 16" in found[0].reason
    assert "iconv" in found[0].reason


@pytest.mark.parametrize("format", ["text", "pubtator", "conll"])
def test_nul_bytes_are_named(write: Write, format: str) -> None:
    path = write("binary.txt", b"one\ntw\0o\tO\n")
    _, failures = read_all(path, format)
    assert any("a NUL byte at byte offset 6" in f.reason and f.line == 2 for f in failures)


def test_utf16_is_named_as_what_it_is(write: Write) -> None:
    path = write("wide.txt", "Some text.".encode("utf-16"))
    with pytest.raises(FormatError, match="is not UTF-8; convert the file first"):
        list(read_documents(path, "text"))


@pytest.mark.parametrize("format", ["jsonl", "text", "pubtator", "conll", "csv"])
def test_a_byte_order_mark_and_crlf_do_no_harm(write: Write, format: str) -> None:
    content = {
        "jsonl": '{"id": "a", "text": "one two"}\r\n',
        "text": "one two",
        "pubtator": "a|t|one two\r\na|a|\r\n\r\n",
        "conll": "-DOCSTART- (a)\tO\r\n\r\none\tO\r\ntwo\tO\r\n",
        "csv": "document,text\r\na,one two\r\n",
    }[format]
    path = write("a.x", b"\xef\xbb\xbf" + content.encode())
    (document,) = read_documents(path, format)
    assert (document.id, document.text) == ("a", "one two")


def test_crlf_in_text_keeps_the_offsets_of_the_file(write: Write) -> None:
    path = write("a.txt", b"one\r\ntwo")
    (document,) = read_documents(path)
    assert document.text == "one\r\ntwo"


def test_truncated_gzip_gives_what_came_before(write: Write) -> None:
    lines = [json.dumps({"id": f"d{n}", "text": str(n) * 50}) for n in range(20_000)]
    packed = gzip.compress("\n".join(lines).encode())
    path = write("cut.jsonl.gz", packed[: len(packed) // 2])
    documents, failures = read_all(path)
    assert len(documents) > 1000
    assert "the file is truncated; fetch or copy it again" in failures[-1].reason
    assert len(failures) == 1


def test_damaged_gzip_is_named(write: Write) -> None:
    packed = bytearray(gzip.compress(b'{"text": "x"}\n' * 1000))
    packed[20:40] = b"\xff" * 20
    path = write("bad.jsonl.gz", bytes(packed))
    _, failures = read_all(path)
    assert "gzip data is damaged" in failures[-1].reason


def test_a_name_in_gz_with_other_contents_is_named(write: Write) -> None:
    path = write("not.jsonl.gz", b'{"text": "x"}\n')
    documents, failures = read_all(path)
    assert not documents
    assert "no gzip data" in failures[0].reason


def test_gzip_is_seen_by_content_and_in_streams() -> None:
    packed = gzip.compress(b'{"id": "d1", "text": "x"}\n')
    assert [d.id for d in read_documents(io.BytesIO(packed))] == ["d1"]


BOMB = """<?xml version="1.0"?>
<!DOCTYPE {root} [
 <!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;">
]>
<{root} x="&c;">&c;</{root}>"""
EXTERNAL = """<?xml version="1.0"?>
<!DOCTYPE {root} [<!ENTITY secret SYSTEM "file://{file}">]>
<{root}><document><id>&secret;</id></document></{root}>"""
PARAMETER = """<?xml version="1.0"?>
<!DOCTYPE {root} [<!ENTITY % more SYSTEM "file://{file}"> %more;]>
<{root}/>"""


@pytest.mark.parametrize(
    ("format", "root"), [("bioc-xml", "collection"), ("pubmed-xml", "PubmedArticleSet")]
)
@pytest.mark.parametrize("template", [BOMB, EXTERNAL, PARAMETER])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_refused(
    write: Write, format: str, root: str, template: str, encoding: str
) -> None:
    secret = write("secret.txt", b"do not read me")
    path = write("evil.xml", template.format(root=root, file=secret).encode(encoding))
    for named in (format, "auto"):
        documents, (failure,) = read_all(path, named)
        assert not documents
        assert failure.source == str(path)
        assert "the XML declares the entity" in failure.reason
        assert "Remove the declaration" in failure.reason


def test_an_external_dtd_is_not_read(write: Write) -> None:
    dtd = write("BioC.dtd", b"<!ENTITY x 'y'> this is not even a DTD <")
    content = (
        f'<?xml version="1.0"?><!DOCTYPE collection SYSTEM "{dtd}"><collection><document><id>1</id>'
        "<passage><offset>0</offset><text>x</text></passage></document></collection>"
    )
    assert read_all(write("a.xml", content.encode())) == (["1"], [])


@pytest.mark.parametrize("format", ["bioc-xml", "pubmed-xml"])
def test_xml_that_is_none_or_of_another_kind_is_named(write: Write, format: str) -> None:
    for content, reason in [
        (b"plain text", "this is not XML"),
        (b"<?xml version='1.0'?>", "this is not XML"),
        (b"<html><body/></html>", "the root element is <html>, expected <"),
    ]:
        _, (failure,) = read_all(write("a.xml", content), format)
        assert reason in failure.reason


def test_broken_xml_gives_what_came_before(write: Write) -> None:
    document = (
        "<document><id>{}</id><passage><offset>0</offset><text>x</text></passage></document>\n"
    )
    whole = "".join(document.format(n) for n in range(3))
    path = write("cut.xml", f"<collection>\n{whole}<document><id>3</id><passa".encode())
    documents, (failure,) = read_all(path)
    assert documents == ["0", "1", "2"]
    assert failure.line == 5
    assert "the XML is damaged" in failure.reason


def test_a_bad_document_in_xml_is_named_and_the_others_go_on(write: Write) -> None:
    good = (
        "<document><id>{}</id><passage><offset>0</offset><text>abc</text>{}</passage></document>\n"
    )
    wrong = (
        '<annotation id="1"><infon key="type">X</infon><location offset="{}" length="{}"/>'
        "<text>b</text></annotation>"
    )
    bodies = ["", wrong.format(0, 1), wrong.format(9, 9), wrong.format("q", 1), wrong.format(1, 1)]
    content = "".join(good.format(n, body) for n, body in enumerate(bodies))
    path = write("a.xml", f"<collection>\n{content}</collection>".encode())
    documents, failures = read_all(path)
    assert documents == ["0", "4"]
    assert [(f.line, f.document) for f in failures] == [(3, "1"), (4, "2"), (5, "3")]
    assert "annotation '1' reads 'b', but the text has 'a' at 0:1" in failures[0].reason


def test_bad_bioc_json_is_named(write: Write) -> None:
    good = {"id": "g", "passages": [{"offset": 0, "text": "x"}]}
    bad = {"id": "b", "passages": [{"text": "x"}]}
    path = write("a.json", json.dumps({"documents": [bad, good, 7]}).encode())
    documents, failures = read_all(path)
    assert documents == ["g"]
    assert [f.document for f in failures] == ["b", None]
    assert "the key 'offset' is missing" in failures[0].reason
    path = write("cut.json", json.dumps({"documents": [good, good]}).encode()[:-9])
    documents, failures = read_all(path, "bioc-json")
    assert documents == ["g"]
    assert "not JSON" in failures[0].reason


def test_bad_pubtator_lines_fail_their_own_record(write: Write) -> None:
    content = (
        "1|t|Gout hurts.\n1|a|\n1\t0\t4\tGout\tDisease\tD006073\n\n"
        "2|t|Gout.\n2|a|\nrubbish\n\n"
        "3|t|Gout.\n3|a|\n3\t1\t4\tGout\tDisease\n\n"
        "4\t0\t4\tGout\tDisease\n\n"
        "5|t|Fine.\n5|a|Still.\n"
    )
    documents, failures = read_all(write("a.pubtator", content.encode()))
    assert documents == ["1", "5"]
    assert [(f.line, f.document) for f in failures] == [(7, "2"), (9, "3"), (13, "4")]
    assert "stands below '2'" in failures[0].reason
    assert "does not match the text" in failures[1].reason
    assert "rows without a title" in failures[2].reason


def test_bad_tags_fail_their_own_document(write: Write) -> None:
    content = (
        "-DOCSTART- (a)\tO\n\none\tX-Y\n\n-DOCSTART- (b)\tO\n\none\n\n-DOCSTART- (c)\tO\n\none\tO\n"
    )
    documents, failures = read_all(write("a.conll", content.encode()))
    assert documents == ["c"]
    assert [(f.line, f.document) for f in failures] == [(3, "a"), (7, "b")]
    assert "the tag 'X-Y' of 'one' is none; expected O, B-label" in failures[0].reason


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("d,,x,4,one,L", "a field is wrong: invalid literal"),
        ("d,,1,4,one,L", "does not match the text"),
        ("d,,0,3,one,L,0.5,,,,{", "a field is wrong"),
        ("d,,0,3,one,L,0.5,,,,,,,,", "the row has 15 columns, the header 11"),
    ],
)
def test_bad_csv_rows_fail_their_own_document(write: Write, row: str, reason: str) -> None:
    header = (
        "document,text,start,end,mention,label,confidence,concepts,mention_id,fragments,details"
    )
    row += "," * (10 - row.count(","))
    content = f"{header}\nd,one two{',' * 9}\n{row}\ne,three{',' * 9}\n"
    documents, (failure,) = read_all(write("a.csv", content.encode()))
    assert documents == ["e"]
    assert failure.document == "d"
    assert reason in failure.reason


def test_what_is_no_parquet_is_named(write: Write) -> None:
    pytest.importorskip("pyarrow", reason="pyarrow, of the extra `scale`, is not installed")
    _, (failure,) = read_all(write("a.parquet", b"PAR1 and then nothing"))
    assert "not a whole Parquet file" in failure.reason


def test_a_missing_half_of_a_brat_pair_is_named(write: Write) -> None:
    path = write("a.ann", b"T1\tX 0 1\ta\n")
    with pytest.raises(FormatError, match=r"the text is missing; expected .* in a\.txt"):
        list(read_documents(path))


def test_wrong_brat_offsets_name_the_line(write: Write) -> None:
    write("a.txt", b"one two")
    path = write("a.ann", b"T1\tX 0 3\tone\nT2\tX 3 6\ttwo\n")
    with pytest.raises(OffsetError, match=r"a\.ann, line 2, document 'a': T2 at 3:6 reads 'two'"):
        list(read_documents(path))


def test_a_document_that_cannot_be_written_leaves_no_trace(tmp_path: Path) -> None:
    good, bad = Document("g", "x"), Document("b", "x", metadata={"when": object()})
    wrong = Document("w", "x", (Mention(0, 1, "y", "L"),))
    for name in ("a.jsonl", "b.json", "c.xml", "d.csv"):
        path = tmp_path / name
        format = {"a": "jsonl", "b": "bioc-json", "c": "bioc-xml", "d": "csv"}[name[0]]
        with open_writer(path, format) as writer:
            writer.write(good)
            with pytest.raises(FormatError, match=r"document 'b'.*metadata may hold only"):
                writer.write(bad)
            with pytest.raises(OffsetError, match="document 'w'"):
                writer.write(wrong)
            with pytest.raises(FormatError, match="half a surrogate pair"):
                writer.write(Document("s", "\ud800"))
            writer.write(good)
        assert [d.id for d in read_documents(path, format)] == ["g", "g"]


@pytest.mark.parametrize(
    "format", ["jsonl", "bioc-xml", "bioc-json", "pubmed-xml", "parquet", "csv"]
)
def test_an_error_in_the_loop_loses_nothing_already_written(tmp_path: Path, format: str) -> None:
    if format == "parquet":
        pytest.importorskip("pyarrow", reason="pyarrow, of the extra `scale`, is not installed")
    path = tmp_path / "a.x"
    with pytest.raises(KeyboardInterrupt), open_writer(path, format) as writer:
        writer.write(Document("PMID:1", "x"))
        raise KeyboardInterrupt
    assert [d.id for d in read_documents(path, format)] == ["PMID:1"]


@pytest.mark.parametrize("format", ["jsonl", "pubtator", "conll", "csv", "bioc-xml", "bioc-json"])
def test_each_document_is_in_the_file_before_the_next(tmp_path: Path, format: str) -> None:
    path = tmp_path / "a.x"
    writer = open_writer(path, format)
    for number in range(3):
        writer.write(Document(f"d{number}", "x"))
        assert f"d{number}".encode() in path.read_bytes()
    documents, _ = read_all(path, format)  # as after a hard kill
    assert documents == ["d0", "d1", "d2"]
    writer.close()


def test_an_output_that_cannot_be_opened_is_named(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match=r"no/a\.jsonl: cannot be written: No such file"):
        open_writer(tmp_path / "no" / "a.jsonl", "jsonl")


def test_a_full_disk_is_an_os_error_with_the_name() -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("/dev/full is not there: only Linux has it")
    writer = open_writer(full, "jsonl")
    with pytest.raises(OSError, match="No space left") as caught:
        writer.write(Document("d", "x"))
    assert caught.value.filename == "/dev/full"
    assert not isinstance(caught.value, BioweaveError)
    with pytest.raises(OSError, match="No space left"):
        writer.close()
