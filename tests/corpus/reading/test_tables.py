from __future__ import annotations

from pathlib import Path

from bioweave.corpus import load, load_with_defects
from bioweave.document import Argument


def test_chemprot_mentions_and_relations(small: Path) -> None:
    (document,), (defect,) = load_with_defects("chemprot", "train", small)
    assert document.id == "PMID:88000001"
    assert [(m.text, m.label, m.metadata["type"], m.id) for m in document.mentions] == [
        ("Norbexazole", "Chemical", "CHEMICAL", "T1"),
        ("ZRK1", "Gene", "GENE-Y", "T2"),
        ("ZRK1 kinases", "Gene", "GENE-N", "T3"),
    ]
    evaluated, other = document.relations
    assert evaluated.label == "CPR:4"
    assert evaluated.arguments == (Argument("Arg1", "T1"), Argument("Arg2", "T2"))
    assert evaluated.metadata == {"type": "INHIBITOR", "evaluated": True}
    assert other.metadata == {"type": "REGULATOR", "evaluated": False}
    assert (defect.kind, defect.action.value) == ("argument that is nowhere", "dropped")


def test_drugprot_leaves_out_and_counts_what_has_no_text(small: Path) -> None:
    (document,), (defect,) = load_with_defects("drugprot", "train", small)
    assert [relation.label for relation in document.relations] == ["INHIBITOR"]
    assert (defect.kind, defect.document) == ("document without text", "PMID:87000002")
    assert defect.detail == "2 mentions, 1 relations"


def test_drugprot_dev_has_one_type_of_gene(small: Path) -> None:
    (document,) = load("drugprot", "dev", small)
    assert [(m.label, m.metadata["type"]) for m in document.mentions] == [
        ("Chemical", "CHEMICAL"),
        ("Gene", "GENE"),
    ]


def test_slipped_lost_and_repeated_rows(tmp_path: Path) -> None:
    home = tmp_path / "drugprot"
    home.mkdir()
    (home / "drugprot_development_abstracts.tsv").write_text("1\tA gene.\tMore.\n1\tA b.\tC.\n")
    (home / "drugprot_development_entities.tsv").write_text(
        "1\tT1\tGENE\t3\t7\tgene\n1\tT2\tGENE\t0\t4\tnone\n"
    )
    (home / "drugprot_development_relations.tsv").write_text("")
    (document,), defects = load_with_defects("drugprot", "dev", tmp_path)
    assert [(m.text, m.start) for m in document.mentions] == [("gene", 2)]
    assert [(d.kind, d.action.value) for d in defects] == [
        ("repeated document", "dropped"),
        ("offset mismatch", "repaired"),
        ("offset mismatch", "dropped"),
    ]
