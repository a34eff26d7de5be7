from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from bioweave.document import Argument, Concept, Document, Mention, Relation, Span
from bioweave.errors import FormatError
from bioweave.formats import Part, discover, open_writer, read_documents
from bioweave.formats.brat import BratMention, parse_annotations
from bioweave.formats.lines import Unreadable

TEXT = "Red and white cells grow; they do not stop.\n"
ANNOTATIONS = """\
T1\tCell 0 3;14 19\tRed cells
T2\tCell 8 19\twhite cells
T3\tGrowth 20 24\tgrow
T4\tStop 38 42\tstop
R1\tBeside Arg1:T1 Arg2:T2
E1\tGrowth:T3 Theme:T1 Theme2:T2
E2\tStop:T4 Theme:E1
A1\tNegated E2
M2\tLevel T2 High
N1\tReference T2 CL:0000738\tleukocyte
#1\tAnnotatorNotes T2\ta note, with a\ttab
*\tEquiv T1 T2
"""


def write_pair(folder: Path, annotations: str, text: str = TEXT) -> Path:
    (folder / "d.txt").write_bytes(text.encode())
    (folder / "d.ann").write_bytes(annotations.encode())
    return folder / "d.ann"


def test_a_pair_is_read_whole_whichever_file_is_named(tmp_path: Path) -> None:
    path = write_pair(tmp_path, ANNOTATIONS)
    (document,) = read_documents(path)
    assert list(read_documents(path.with_suffix(".txt"))) == [document]
    assert document == Document(
        "d",
        TEXT,
        (
            Mention(0, 19, "Red and white cells", "Cell", id="T1",
                    fragments=(Span(0, 3), Span(14, 19))),
            Mention(8, 19, "white cells", "Cell", concepts=(Concept("CL:0000738", "leukocyte"),),
                    id="T2", metadata={"attributes": {"Level": "High"},
                                       "notes": ["a note, with a\ttab"]}),
            Mention(20, 24, "grow", "Growth", id="T3"),
            Mention(38, 42, "stop", "Stop", id="T4"),
        ),
        (
            Relation("Beside", (Argument("Arg1", "T1"), Argument("Arg2", "T2")), "R1"),
            Relation("Growth", (Argument("Trigger", "T3"), Argument("Theme", "T1"),
                                Argument("Theme2", "T2")), "E1"),
            Relation("Stop", (Argument("Trigger", "T4"), Argument("Theme", "E1", "relation")),
                     "E2", metadata={"attributes": {"Negated": True}}),
            Relation("Equiv", (Argument("Member", "T1"), Argument("Member", "T2"))),
        ),
    )  # fmt: skip


def test_bionlp_files_are_read_as_one(tmp_path: Path) -> None:
    path = write_pair(tmp_path, ANNOTATIONS)
    (expected,) = read_documents(path)
    lines = ANNOTATIONS.splitlines(keepends=True)
    path.unlink()
    (tmp_path / "d.a1").write_text("".join(lines[:2]))
    (tmp_path / "d.a2").write_text("".join(lines[2:]))
    for name in ("d.txt", "d.a1", "d.a2"):
        assert list(read_documents(tmp_path / name)) == [expected]


def test_a_text_without_findings_is_a_document(tmp_path: Path) -> None:
    path = write_pair(tmp_path, "")
    assert list(read_documents(path)) == [Document("d", TEXT)]


def test_line_ends_and_line_breaks_in_mentions(tmp_path: Path) -> None:
    path = write_pair(tmp_path, "T1\tX 0 8\tone two\r\nT2\tX 0 3;5 8\tone two\r\n", "one\r\ntwo")
    (document,) = read_documents(path)
    assert [mention.text for mention in document.mentions] == ["one\r\ntwo"] * 2


@pytest.mark.parametrize(
    "line", ["T1\tX 0\tone", "T1 X 0 3 one", "T1\tX a b\tone", "E1\tX Theme:T1", "R1\tX T1", "?1"]
)
def test_a_line_out_of_shape_is_named(tmp_path: Path, line: str) -> None:
    (unreadable,) = parse_annotations([line])
    assert isinstance(unreadable, Unreadable)
    path = write_pair(tmp_path, f"T9\tX 0 3\tRed\n{line}\n")
    with pytest.raises(FormatError, match=r"d\.ann, line 2, document 'd'"):
        list(read_documents(path))


def test_a_folder_gets_a_pair_for_each_document(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    ids = ["PMID:1", "a/b", "..", "ünï", "%41"]
    with open_writer(folder, "brat") as writer:
        for id_ in ids:
            writer.write(Document(id_, "x"))
        with pytest.raises(FormatError, match="a document with this id is in the folder already"):
            writer.write(Document("a/b", "x"))
        with pytest.raises(FormatError, match="too long to name a file"):
            writer.write(Document("x" * 300, "x"))
    found = [document.id for path, _ in discover([folder]) for document in read_documents(path)]
    assert sorted(found) == sorted(ids)
    assert {path.parent for path in folder.rglob("*.ann")} == {folder}
    assert not writer.losses


def test_one_file_holds_one_document(tmp_path: Path) -> None:
    with open_writer(tmp_path / "one.ann", "brat") as writer:
        writer.write(Document("another", "x"))
        with pytest.raises(FormatError, match="holds one document; give a folder"):
            writer.write(Document("second", "x"))
    assert [loss.part for loss in writer.losses] == [Part.DOCUMENT_IDS]
    assert [document.id for document in read_documents(tmp_path / "one.txt")] == ["one"]


def test_ids_of_another_form_are_replaced_in_relations_too(tmp_path: Path) -> None:
    document = Document(
        "d",
        "one two",
        (Mention(0, 3, "one", "Some label", id="first"), Mention(4, 7, "two", "L")),
        (
            Relation("is", (Argument("of", "first"),), "x"),
            Relation("not", (Argument("what", "x", "relation"),)),
        ),
    )
    with open_writer(tmp_path / "d.ann", "brat") as writer:
        writer.write(document)
    assert (tmp_path / "d.ann").read_text() == (
        "T1\tSome_label 0 3\tone\nT2\tL 4 7\ttwo\nR1\tis of:T1\nR2\tnot what:R1\n"
    )
    assert {loss.part for loss in writer.losses} == {
        Part.LABEL_SPACES, Part.MENTION_IDS, Part.RELATION_IDS,
    }  # fmt: skip


@pytest.mark.slow
def test_a_corpus_with_events_comes_back_line_by_line(corpora: Path, tmp_path: Path) -> None:
    paths = sorted((corpora / "bionlp13cg" / "devel").glob("*.txt"))
    if not paths:
        pytest.skip("bionlp13cg is not among the corpora")
    for path in paths:
        (document,) = read_documents(path)
        with open_writer(tmp_path / path.name, "brat") as writer:
            writer.write(document)
        assert not writer.losses
        originals = [path.with_suffix(suffix).read_text() for suffix in (".a1", ".a2")]
        written = (tmp_path / path.name).with_suffix(".ann").read_text()
        assert count_lines(written) == count_lines("".join(originals))


def count_lines(annotations: str) -> Counter[str]:
    """The lines, attributes by their content, for they are numbered anew."""
    lines = (line for line in annotations.splitlines() if line.strip())
    return Counter(
        " ".join(line.split()[1:]) if line[0] in "MA" else line.rstrip() for line in lines
    )


@pytest.mark.slow
def test_discontinuous_mentions_of_a_corpus_are_kept(corpora: Path) -> None:
    paths = sorted((corpora / "anatem" / "train").glob("*.ann"))
    if not paths:
        pytest.skip("anatem is not among the corpora")
    for path in paths:
        (document,) = read_documents(path)
        lines = path.read_text(encoding="utf-8").splitlines()
        raw = [a for a in parse_annotations(lines) if isinstance(a, BratMention)]
        assert [(m.id, len(m.fragments) or 1) for m in document.mentions] == [
            (m.id, len(m.spans)) for m in raw
        ]
