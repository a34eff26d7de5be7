from __future__ import annotations

from pathlib import Path

from bioweave.corpus import files, load, load_with_defects
from bioweave.document import Argument, Span


def test_anatem_documents_and_their_origin(small: Path) -> None:
    extract, abstract = load("anatem", "train", small)
    assert (extract.id, extract.metadata["pmcid"]) == ("PMC-9900002-sec-03", "9900002")
    assert extract.mentions == ()
    assert (abstract.id, abstract.metadata["pmid"]) == ("PMID:99000001", "99000001")
    assert [(m.text, m.label) for m in abstract.mentions] == [
        ("Cells", "Cell"),
        ("knee", "Organism_subdivision"),
        ("Red blood cells", "Cell"),
    ]
    assert [(abstract.text[p.start : p.end], p.kind) for p in abstract.passages] == [
        ("Cells of the left knee", "title"),
        ("Red blood cells were few.", "paragraph"),
    ]


def test_a_line_that_is_no_annotation_is_told(small: Path) -> None:
    (document,), (defect,) = load_with_defects("anatem", "test", small)
    assert [m.text for m in document.mentions] == ["tumour"]
    assert (defect.kind, defect.document) == ("unreadable line", document.id)


def test_nested_mentions_stay(small: Path) -> None:
    (document,) = load("bionlp13cg", "train", small)
    assert [(m.text, m.label) for m in document.mentions] == [
        ("ZRK1", "Gene"),
        ("torvoma", "Cancer"),
        ("ZRK1 kinase", "Gene"),
        ("norbexazole", "Chemical"),
        ("torvoma cells", "Cell"),
        ("torvoma", "Cancer"),
    ]
    assert document.metadata["equivalent"] == [["T1", "T3"]]


def test_events_are_relations_of_mentions_and_relations(small: Path) -> None:
    (document,), (defect,) = load_with_defects("bionlp13cg", "train", small)
    binding, growth, negative, lost = document.relations
    assert binding.arguments == (Argument("Theme", "T3"), Argument("Theme2", "T4"))
    assert binding.metadata["trigger"] == [28, 35, "binding", "Binding"]
    assert binding.metadata["others"] == [["Site", 58, 63, "K box", "Protein_domain_or_region"]]
    assert (growth.id, growth.label) == ("E2", "Growth")
    assert negative.arguments == (
        Argument("Theme", "E2", "relation"),
        Argument("Cause", "E1", "relation"),
    )
    assert negative.metadata["Speculation"] is True
    assert lost.arguments == ()
    assert (defect.kind, defect.detail) == ("argument that is nowhere", "E4 Theme:T99")


def test_test_comes_without_events(small: Path) -> None:
    (document,) = load("bionlp13cg", "test", small)
    assert [m.label for m in document.mentions] == ["Cancer", "Species"]
    assert document.relations == ()
    assert [path.suffix for path in files("bionlp13cg", "test", small)] == [".txt", ".a1"]
    assert [path.suffix for path in files("bionlp13cg", "dev", small)] == [".txt", ".a1", ".a2"]


def test_gaps_and_slips(tmp_path: Path) -> None:
    home = tmp_path / "anatem" / "test"
    home.mkdir(parents=True)
    (home / "PMID-1.txt").write_text("red and white cells\n")
    (home / "PMID-1.ann").write_text(
        "T1\tCell 0 3;14 19\tred cells\nT2\tCell 7 18\twhite cells\nT3\tCell 0 3\tliver\n"
    )
    (document,), defects = load_with_defects("anatem", "test", tmp_path)
    gap, slipped = document.mentions
    assert (gap.text, gap.fragments) == ("red and white cells", (Span(0, 3), Span(14, 19)))
    assert (slipped.text, slipped.start) == ("white cells", 8)
    assert [defect.action.value for defect in defects] == ["repaired", "dropped"]
    assert document.checked() is document
