"""The corpora as published, where BIOWEAVE_CORPORA says they are."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from bioweave.corpus import Action, corpus_names, info, load, load_pos, load_with_defects, overlap

PUBLISHED = {
    "ncbi-disease": {"train": (593, 5145), "dev": (100, 787), "test": (100, 960)},
    "bc5cdr": {"train": (500, 9385), "dev": (500, 9591), "test": (500, 9809)},
    "bc2gm": {"train": (15000, 18265), "test": (5000, 6331)},
    "jnlpba": {"train": (1800, 46750), "dev": (200, 4551), "test": (404, 8662)},
    "gnormplus": {"train": (432, 5792)},
    "linnaeus": {"train": (80, 2321), "test": (20, 576)},
    "s800": {"train": (639, 3053), "test": (160, 739)},
    "tmvar3": {"train": (342, 7957), "test": (158, 4625)},
    "anatem": {"train": (606, 6946), "dev": (202, 2139), "test": (404, 4616)},
    "bionlp13cg": {"train": (300, 10935), "dev": (100, 3634), "test": (200, 6955)},
    "chemprot": {"train": (1020, 25752), "dev": (612, 15567), "test": (800, 20828)},
    "drugprot": {"train": (1689, 43457), "dev": (750, 18858)},
    "genia-pos": {"train": (1580, 0), "dev": (210, 0), "test": (210, 0)},
}


@pytest.mark.parametrize("name", corpus_names())
def test_every_mention_agrees_with_its_text(name: str, corpora: Path) -> None:
    found = info(name)
    counts = {}
    for split in found.splits:
        documents, defects = load_with_defects(name, split, corpora)
        lost = [defect for defect in defects if defect.action is Action.DROPPED]
        assert not [defect for defect in lost if "offset" in defect.kind or "line" in defect.kind]
        for document in documents:
            document.checked(f"{name} {split}")
            assert {mention.label for mention in document.mentions} <= set(found.labels)
        assert len({document.id for document in documents}) == len(documents)
        counts[split] = len(documents), sum(len(document.mentions) for document in documents)
    assert counts == PUBLISHED[name]


def _counts(name: str, corpora: Path) -> dict[str, Counter[str]]:
    counts: dict[str, Counter[str]] = {}
    for split in info(name).splits:
        for defect in load_with_defects(name, split, corpora)[1]:
            counts.setdefault(defect.kind, Counter())[split] += 1
    return counts


def test_the_known_defects_of_ncbi_disease(corpora: Path) -> None:
    counts = _counts("ncbi-disease", corpora)
    totals = {kind: by_split.total() for kind, by_split in counts.items()}
    assert totals == {
        "offset mismatch": 1,
        "repeated document": 1,
        "several concepts joined by |": 128,
        "several concepts joined by +": 32,
        "OMIM id": 550,
        "stray space in concept id": 5,
        "MESH: prefix": 2,
    }


def test_the_known_defects_of_bc5cdr(corpora: Path) -> None:
    counts = _counts("bc5cdr", corpora)
    assert counts["no concept (-1)"].total() == 226
    assert counts["composite mention"] == {"train": 89, "dev": 89, "test": 57}
    documents = {split: load("bc5cdr", split, corpora) for split in ("train", "dev", "test")}
    n_relations = {s: sum(len(d.relations) for d in found) for s, found in documents.items()}
    assert n_relations == {"train": 1038, "dev": 1012, "test": 1066}


def test_the_known_defects_of_the_others(corpora: Path) -> None:
    assert _counts("bc2gm", corpora)["offset mismatch of mention"] == {"train": 1}
    assert _counts("tmvar3", corpora)["offset mismatch"] == {"train": 21}
    assert _counts("gnormplus", corpora)["offset mismatch"] == {"train": 35}
    assert _counts("drugprot", corpora)["document without text"] == {"train": 1811}


def test_jnlpba_has_the_published_sentences(corpora: Path) -> None:
    n = {
        split: sum(len(document.passages) for document in load("jnlpba", split, corpora))
        for split in ("train", "dev", "test")
    }
    assert n["train"] + n["dev"] == 18546
    assert n["test"] == 3856


def test_genia_pos_has_the_published_sentences_less_the_field_marks(corpora: Path) -> None:
    n_published = {"train": 16334, "dev": 2174, "test": 2036}
    for split, n in n_published.items():
        # Each abstract has one sentence of its own for its number.
        assert len(load_pos(split, corpora)) == n - len(load("genia-pos", split, corpora))


@pytest.mark.slow
def test_the_known_overlaps(corpora: Path) -> None:
    found = {
        (str(each.held_out), str(each.other)): each
        for names in (["bc2gm"], ["jnlpba"], ["ncbi-disease", "bc5cdr"], ["chemprot", "drugprot"])
        for each in overlap(names, corpora)
    }
    assert found["bc2gm test", "bc2gm train"].n_shared_sentences == 58
    jnlpba = found["jnlpba test", "jnlpba train"]
    assert (jnlpba.n_same_text, jnlpba.n_distinct_sentences) == (10, 104)
    assert found["chemprot test", "drugprot dev"].n_same_id == 235
    for pair, each in found.items():
        if "ncbi-disease" in pair[0] + pair[1] or "bc5cdr" in pair[0] + pair[1]:
            assert (each.n_same_id, each.n_same_text) == (0, 0)


@pytest.mark.slow
def test_anatem_holds_all_of_bionlp13cg(corpora: Path) -> None:
    shared = [
        each
        for each in overlap(["anatem", "bionlp13cg"], corpora)
        if {each.held_out.corpus, each.other.corpus} == {"anatem", "bionlp13cg"}
    ]
    assert sum(each.n_same_id for each in shared) == 600


@pytest.mark.parametrize("name", corpus_names())
def test_the_docs_give_these_counts(name: str, repository: Path) -> None:
    page = (repository / "docs" / "corpora.md").read_text(encoding="utf-8")
    row = next(line for line in page.splitlines() if line.startswith(f"| {name} |"))
    _, documents, mentions, *_ = [cell.strip() for cell in row.strip("|").split("|")]
    for column, place in ((documents, 0), (mentions, 1)):
        expected = [
            str(PUBLISHED[name][split][place]) if split in PUBLISHED[name] else "-"
            for split in ("train", "dev", "test")
        ]
        assert [cell.split()[0] for cell in column.split(" / ")] == expected
