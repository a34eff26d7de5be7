from __future__ import annotations

from pathlib import Path

from bioweave.corpus import load, load_with_defects
from bioweave.document import Argument, Passage


def _kinds(name: str, split: str, folder: Path) -> dict[str, int]:
    kinds: dict[str, int] = {}
    for defect in load_with_defects(name, split, folder)[1]:
        kinds[defect.kind] = kinds.get(defect.kind, 0) + 1
    return kinds


def test_every_subtype_is_a_disease_and_keeps_its_name(small: Path) -> None:
    document = load("ncbi-disease", "train", small)[0]
    assert [(m.text, m.label, m.metadata["type"]) for m in document.mentions] == [
        ("Brinopathy", "Disease", "SpecificDisease"),
        ("velmar syndrome", "Disease", "Modifier"),
        ("Hepatic and renal torvosis", "Disease", "CompositeMention"),
        ('Ostrenia " plus "', "Disease", "SpecificDisease"),
        ("Velmar syndrome", "Disease", "SpecificDisease"),
        ("VS", "Disease", "SpecificDisease"),
    ]
    assert document.mentions[3].metadata["claimed"] == [87, 104, 'Ostrenia " plus "  ']
    assert [[c.id for c in m.concepts] for m in document.mentions] == [
        ["MESH:D990001"],
        ["MESH:D990002"],
        ["MESH:D990003", "MESH:D990004"],
        ["MESH:D990005", "OMIM:990006"],
        ["MESH:C990002"],
        ["OMIM:990007"],
    ]


def test_title_and_abstract_are_passages(small: Path) -> None:
    (document,) = load("ncbi-disease", "test", small)
    assert document.id == "PMID:91000004"
    assert document.metadata["pmid"] == "91000004"
    assert document.text == "Quellemia without fever. No case of quellemia was mild."
    assert document.passages == (Passage(0, 24, "title"), Passage(25, 55, "abstract"))


def test_a_repeated_record_is_kept_under_a_name_of_its_own(small: Path) -> None:
    documents = load("ncbi-disease", "train", small)
    assert [document.id for document in documents] == [
        "PMID:91000001",
        "PMID:91000002",
        "PMID:91000002#2",
    ]
    assert documents[1].text == documents[2].text
    assert _kinds("ncbi-disease", "train", small) == {
        "stray space in concept id": 1,
        "several concepts joined by |": 1,
        "several concepts joined by +": 1,
        "offset mismatch": 1,
        "OMIM id": 2,
        "MESH: prefix": 1,
        "repeated document": 1,
    }


def test_relations_join_concepts(small: Path) -> None:
    (document,) = load("bc5cdr", "train", small)
    assert [relation.label for relation in document.relations] == ["CID", "CID"]
    assert document.relations[1].arguments == (
        Argument("Chemical", "MESH:C990101", "concept"),
        Argument("Disease", "MESH:D990013", "concept"),
    )


def test_parts_of_a_composite_mention_are_kept(small: Path) -> None:
    (document,) = load("bc5cdr", "train", small)
    composite = document.mentions[3]
    assert composite.text == "retinal and dorsal calvosis"
    assert composite.metadata["parts"] == ["retinal calvosis", "dorsal calvosis"]
    # An empty seventh column says nothing.
    assert "parts" not in document.mentions[1].metadata
    assert document.mentions[4].concepts == ()
    assert document.mentions[4].metadata["source_ids"] == "-1"
    assert _kinds("bc5cdr", "train", small) == {
        "composite mention": 1,
        "several concepts joined by |": 1,
        "no concept (-1)": 1,
    }


def test_offsets_in_bytes_are_mended_and_doubles_read_once(small: Path) -> None:
    document, empty = load("gnormplus", "train", small)
    assert [(m.text, m.label) for m in document.mentions] == [
        ("ZRK1", "Gene"),
        ("ZRK1 kinase family", "Gene"),
        ("TAF box", "DomainMotif"),
        ("ZRK1", "Gene"),
        ("Zrk2", "Gene"),
    ]
    assert document.checked() is document
    assert [c.id for c in document.mentions[4].concepts] == ["NCBIGene:990202", "NCBIGene:990203"]
    assert not empty.mentions
    kinds = _kinds("gnormplus", "train", small)
    assert (kinds["offset mismatch"], kinds["repeated mention"]) == (5, 1)


def test_articles_are_numbered_by_pubmed_central(small: Path) -> None:
    (document,) = load("linnaeus", "train", small)
    assert document.id == "PMC9400001"
    assert document.metadata["pmcid"] == "9400001"
    assert "pmid" not in document.metadata
    assert [m.concepts[0].id for m in document.mentions][:1] == ["NCBITaxon:9913"]


def test_entities_in_the_text_are_told_and_left(small: Path) -> None:
    (document,) = load("s800", "train", small)
    assert "&gt; 30" in document.text
    assert [m.text for m in document.mentions] == ["Velmaria torva", "V. torva"]
    assert _kinds("s800", "train", small) == {"HTML entities in the text": 1}


def test_variants_have_dbsnp_ids_and_cell_lines_none(small: Path) -> None:
    (document,) = load("tmvar3", "train", small)
    found = {m.text: (m.label, [c.id for c in m.concepts]) for m in document.mentions}
    assert found == {
        "ZRK1": ("Gene", ["NCBIGene:990201"]),
        "brinopathy": ("Disease", ["OMIM:990001"]),
        "patients": ("Species", ["NCBITaxon:9606"]),
        "NB-X1": ("CellLine", []),
        "c.12A>G": ("Variant", ["dbSNP:rs990"]),
        "p.K4R": ("Variant", []),
        "rs990": ("Variant", ["dbSNP:rs990"]),
        "deletion": ("Variant", []),
        "ostrenia": ("Disease", ["MESH:D990005"]),
    }


def test_a_lost_mention_and_a_broken_line_are_dropped_and_told(tmp_path: Path) -> None:
    home = tmp_path / "gnormplus"
    home.mkdir()
    (home / "GNormPlus_Train.PubTator").write_text(
        "1|t|A gene.\n1|a|And more.\n1\t2\t6\tmuscle\tGene\t7\nnonsense\n1\t2\t6\tgene\tGene\t7\n"
    )
    (document,), defects = load_with_defects("gnormplus", "train", tmp_path)
    assert [m.text for m in document.mentions] == ["gene"]
    assert sorted((d.kind, d.action.value) for d in defects) == [
        ("offset mismatch", "dropped"),
        ("unreadable line", "dropped"),
    ]
