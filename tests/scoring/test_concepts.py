from __future__ import annotations

import pytest

from bioweave.document import Concept, Document, Mention
from bioweave.errors import ConfigurationError
from bioweave.scoring import concept_groups, score_document_concepts, score_links

TEXT = "velmar syndrome and tolic fever"


def document(*mentions: Mention, id_: str = "1") -> Document:
    return Document(id_, TEXT).with_mentions(mentions)


def mention(
    start: int, end: int, *ids: str, label: str = "Disease", groups: list[list[str]] | None = None
) -> Mention:
    return Mention(
        start,
        end,
        TEXT[start:end],
        label,
        concepts=tuple(map(Concept, ids)),
        metadata={} if groups is None else {"concept_groups": groups},
    )


def accuracy(gold: Mention, given: Mention) -> float:
    return score_links([document(gold)], [document(given)], ["Disease"]).overall.accuracy


def test_a_mention_is_right_with_all_its_concepts_and_no_other() -> None:
    composite = mention(0, 15, "X:1", "X:2")
    assert accuracy(composite, mention(0, 15, "X:2", "X:1")) == 1
    assert accuracy(composite, mention(0, 15, "X:1")) == 0
    assert accuracy(composite, mention(0, 15, "X:1", "X:2", "X:3")) == 0


def test_no_concept_is_right_where_gold_has_none() -> None:
    assert accuracy(mention(0, 15), mention(0, 15)) == 1
    assert accuracy(mention(0, 15), mention(0, 15, "X:1")) == 0
    assert accuracy(mention(0, 15, "X:1"), mention(0, 15)) == 0


def test_any_id_of_a_group_will_do() -> None:
    joined = mention(0, 15, "X:1", "Y:1", groups=[["X:1", "Y:1"]])
    assert concept_groups(joined) == (frozenset({"X:1", "Y:1"}),)
    assert accuracy(joined, mention(0, 15, "Y:1")) == 1
    assert accuracy(joined, mention(0, 15, "X:1", "Y:1")) == 1
    assert accuracy(joined, mention(0, 15, "X:1", "Z:1")) == 0


def test_ids_that_say_the_same_are_the_same() -> None:
    old = {"X:old": "X:new"}
    scores = score_links(
        [document(mention(0, 15, "X:old"))],
        [document(mention(0, 15, "X:new"))],
        ["Disease"],
        lambda id_: old.get(id_, id_),
    )
    assert scores.by_label["Disease"] == (1.0, 1)


def test_labels_are_told_apart_and_others_left_out() -> None:
    gold = document(mention(0, 6, "X:1"), mention(7, 15, "X:2", label="Chemical"))
    given = document(mention(0, 6, "X:1"), mention(7, 15, "X:3", label="Chemical"))
    scores = score_links([gold], [given], ["Disease", "Chemical"])
    assert scores.overall == (0.5, 2)
    assert scores.by_label["Chemical"].accuracy == 0
    assert score_links([gold], [given], ["Disease"]).overall == (1.0, 1)


def test_other_mentions_than_the_gold_ones_are_refused() -> None:
    with pytest.raises(ConfigurationError, match="document '1': not the gold mentions"):
        score_links([document(mention(0, 15))], [document(mention(0, 6))], ["Disease"])
    with pytest.raises(ConfigurationError, match="not the gold mentions"):
        score_links([document(mention(0, 15))], [document()], ["Disease"])


def test_documents_count_a_concept_once() -> None:
    gold = document(mention(0, 6, "X:1"), mention(20, 31, "X:1"), mention(7, 15, "X:2"))
    given = document(mention(0, 6, "X:1"), mention(7, 15, "X:9"))
    scores = score_document_concepts([gold], [given], ["Disease"])
    assert scores.overall == (0.5, 0.5, 0.5, 2)


def test_a_group_is_one_gold_concept() -> None:
    gold = document(mention(0, 6, "X:1", "Y:1", groups=[["X:1", "Y:1"]]))
    for ids in (["X:1"], ["Y:1"], ["X:1", "Y:1"]):
        scores = score_document_concepts([gold], [document(mention(7, 15, *ids))], ["Disease"])
        assert scores.overall == (1.0, 1.0, 1.0, 1)


def test_the_same_id_under_another_label_does_not_count() -> None:
    gold = document(mention(0, 6, "X:1"))
    given = document(mention(0, 6, "X:1", label="Chemical"))
    scores = score_document_concepts([gold], [given], ["Disease", "Chemical"])
    assert scores.by_label["Disease"].recall == 0
    assert scores.by_label["Chemical"].precision == 0
