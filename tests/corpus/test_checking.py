from __future__ import annotations

import json
from pathlib import Path

import pytest

from bioweave.corpus import Action, check, check_json, corpus_names
from bioweave.corpus.checking import OFF_TEXT, document_defects
from bioweave.document import Document, Mention


def _kinds(*documents: Document) -> list[tuple[str, str]]:
    return [(defect.kind, defect.document) for defect in document_defects("train", documents)]


def test_pairs_of_mentions_with_a_character_in_common() -> None:
    mentions = [
        Mention(0, 9, "red cells", "Cell"),
        Mention(0, 3, "red", "Colour"),
        Mention(4, 9, "cells", "Cell"),
        Mention(4, 9, "cells", "Unit"),
        Mention(7, 12, "ls in", "Odd"),
        Mention(13, 18, "blood", "Tissue"),
    ]
    document = Document("d", "red cells in blood").with_mentions(mentions)
    kinds = [kind for kind, _ in _kinds(document)]
    assert {kind: kinds.count(kind) for kind in kinds} == {
        "mention inside another": 3,
        "two mentions on one span": 1,
        "mentions that cross": 3,
    }


def test_mentions_side_by_side_are_no_defect() -> None:
    mentions = (Mention(0, 2, "ab", "X"), Mention(2, 4, "cd", "X"))
    assert _kinds(Document("d", "abcd", mentions)) == []


def test_a_mention_off_its_text_makes_a_report_unsound() -> None:
    assert _kinds(Document("d", "abcd", (Mention(0, 2, "xy", "X"),))) == [(OFF_TEXT, "d")]


def test_repetitions_and_empty_texts() -> None:
    marked = Document("c", "abcd", (Mention(0, 2, "ab", "X"),))
    plain = Document("a", "abcd")
    assert _kinds(plain, Document("b", "abcd"), marked, plain, Document("e", " ")) == [
        ("repeated text", "b"),
        ("repeated text, other mentions", "c"),
        ("id used twice", "a"),
        ("empty document", "e"),
    ]


@pytest.mark.parametrize("name", corpus_names())
def test_a_report_is_sound_and_fits_json(name: str, small: Path) -> None:
    report = check(name, small)
    assert report.is_sound
    value = json.loads(json.dumps(check_json(report)))
    assert value["corpus"] == name
    assert set(value["splits"]) == {split.split for split in report.splits}
    assert sum(sum(row["splits"].values()) for row in value["counts"]) == len(value["defects"])
    for split in value["splits"].values():
        assert 0 <= split["alignment"]["share"] <= 1
        assert split["alignment"]["n_mentions"] == split["mentions"]


def test_defects_are_counted_by_kind_and_split(small: Path) -> None:
    counts = check("ncbi-disease", small).counts()
    assert counts["offset mismatch", Action.REPAIRED] == {"train": 1}
    assert counts["repeated document", Action.KEPT] == {"train": 1}
    assert counts["repeated text", Action.KEPT] == {"train": 1}
