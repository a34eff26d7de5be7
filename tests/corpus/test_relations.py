from __future__ import annotations

import os
from pathlib import Path

import pytest

from bioweave.cli.corpus_tables import statistics_table
from bioweave.corpus import (
    RELATION_LABELS,
    check,
    info,
    load,
    scored_relations,
    statistics,
    statistics_json,
)
from bioweave.corpus.relation_oddities import relation_oddities
from bioweave.corpus.statistics import count_split
from bioweave.document import Argument, Concept, Document, Mention, Relation, is_binary
from bioweave.scoring import score_relations

REAL = os.environ.get("BIOWEAVE_CORPORA")
needs_corpora = pytest.mark.skipif(
    REAL is None, reason="BIOWEAVE_CORPORA is not set: it names the folder with the corpora"
)
MENTIONS = (
    Mention(0, 4, "Zinc", "Chemical", id="T1", concepts=(Concept("C1"),)),
    Mention(9, 13, "gout", "Disease", id="T2", concepts=(Concept("D1"),)),
)


def with_relations(*relations: Relation) -> Document:
    return Document("d", "Zinc and gout.", MENTIONS, relations)


def joined(label: str, *targets: str, kind: str = "mention", id_: str | None = None) -> Relation:
    return Relation(label, tuple(Argument("Arg", one, kind) for one in targets), id=id_)


def kinds(*relations: Relation) -> list[str]:
    return [kind for kind, _ in relation_oddities(with_relations(*relations))]


def test_sound_relations_are_not_odd() -> None:
    assert not kinds(joined("CID", "C1", "D1", kind="concept"), joined("X", "T1", "T2"))
    assert not kinds(joined("Grows", "T1", id_="E1"), joined("Grows", "T1", id_="E2"))


@pytest.mark.parametrize(
    ("relation", "kind"),
    [
        (joined("X", "T1", "T9"), "relation to a missing mention"),
        (
            joined("CID", "C1", "D9", kind="concept"),
            "relation to a concept that nothing mentions",
        ),
        (joined("CID", "C1", kind="concept"), "relation without two ends"),
        (Relation("X", ()), "relation without two ends"),
        (joined("X", "T1", "T1"), "relation of a thing to itself"),
        (joined("Causes", "E9", kind="relation", id_="E1"), "relation to a missing relation"),
        (joined("Causes", "E1", kind="relation", id_="E1"), "relations in a circle"),
    ],
)
def test_an_oddity_is_told(relation: Relation, kind: str) -> None:
    assert kinds(relation) == [kind]


def test_a_relation_that_stands_twice_is_told_once() -> None:
    assert kinds(joined("X", "T1", "T2"), joined("X", "T1", "T2")) == ["repeated relation"]


def test_a_long_circle_is_found_and_told_once() -> None:
    n = 5000
    ring = [joined("C", f"E{(i + 1) % n}", kind="relation", id_=f"E{i}") for i in range(n)]
    assert kinds(*ring) == ["relations in a circle"]


def test_each_label_is_counted_and_known_ones_come_first() -> None:
    found = count_split(
        "train", [with_relations(joined("X", "T1", "T2"), joined("A", "T1"))], (), ("CID", "X")
    )
    assert found.relations == {"CID": 0, "X": 1, "A": 1}
    assert found.n_relations == 2


def test_statistics_show_relations(small: Path) -> None:
    splits = statistics("chemprot", small)
    shown = statistics_json("chemprot", splits)["splits"]["train"]["relation_labels"]
    assert set(shown) == set(RELATION_LABELS["chemprot"])
    assert sum(shown.values()) == splits[0].n_relations
    cells = list(statistics_table("chemprot", splits).columns[0].cells)
    assert "relation CPR:4" in cells


def test_a_corpus_knows_its_relations(small: Path) -> None:
    assert info("bc5cdr", small).relations == ("CID",)
    assert info("ncbi-disease", small).relations == ()
    assert info("bionlp13cg", small).relations == ()


def test_a_corpus_of_ones_own_has_those_that_are_in_it(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "train.pubtator").write_text(
        "1|t|Zinc hurts.\n1|a|Gout came.\n1\t0\t4\tZinc\tChemical\tC1\n"
        "1\t12\t16\tGout\tDisease\tD1\n1\tCID\tC1\tD1\n"
    )
    assert info("mine", tmp_path).relations == ("CID",)


def test_chemprot_is_scored_on_five_groups() -> None:
    assert len(RELATION_LABELS["drugprot"]) == 13
    assert len(scored_relations("chemprot", RELATION_LABELS["chemprot"])) == 5
    assert scored_relations("bc5cdr", ("CID",)) == ("CID",)


@needs_corpora
@pytest.mark.slow
@pytest.mark.parametrize("name", ["bc5cdr", "chemprot", "drugprot"])
def test_real_relations_have_known_labels_and_ends(name: str) -> None:
    known = set(info(name).relations)
    for split in info(name).splits:
        documents = load(name, split)
        relations = [one for document in documents for one in document.relations]
        assert relations and {one.label for one in relations} <= known
        assert all(map(is_binary, relations))
        perfect = score_relations(documents, documents, sorted(known), mentions_by="id")
        assert perfect.overall.f1 == 1.0


@needs_corpora
@pytest.mark.slow
def test_what_is_odd_in_real_relations() -> None:
    counts = {
        (name, kind): sum(by_split.values())
        for name in ("bc5cdr", "chemprot", "drugprot")
        for (kind, _), by_split in check(name).counts().items()
        if "relation" in kind
    }
    assert counts == {("chemprot", "repeated relation"): 47}
