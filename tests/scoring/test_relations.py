from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioweave.document import Argument, Document, Mention, Relation
from bioweave.scoring import (
    bootstrap_interval,
    f1_of,
    judged_relations,
    relation_triples,
    score_relations,
)

LABELS = ("CPR:3", "CPR:4", "CPR:9")
TEXT = "Zinc and iron bind ZRK1 and ZRK2."
MENTIONS = (
    Mention(0, 4, "Zinc", "Chemical", id="T1"),
    Mention(9, 13, "iron", "Chemical", id="T2"),
    Mention(19, 23, "ZRK1", "Gene", id="T3"),
    Mention(28, 32, "ZRK2", "Gene", id="T4"),
)


def relation(label: str, first: str, second: str, kind: str = "mention") -> Relation:
    ends = (Argument("Arg1", first, kind), Argument("Arg2", second, kind))
    return Relation(label, ends)


def document(*relations: Relation, id_: str = "d") -> Document:
    return Document(id_, TEXT, MENTIONS, relations)


relations = st.builds(
    relation,
    st.sampled_from([*LABELS, "CPR:1"]),
    st.sampled_from(["T1", "T2", "T9"]),
    st.sampled_from(["T3", "T4"]),
)
corpora = st.lists(
    st.tuples(st.lists(relations, max_size=8), st.lists(relations, max_size=8)),
    min_size=1,
    max_size=5,
)


def as_corpora(drawn: list) -> tuple[list[Document], list[Document]]:
    gold = [document(*one, id_=str(n)) for n, (one, _) in enumerate(drawn)]
    guess = [document(*one, id_=str(n)) for n, (_, one) in enumerate(drawn)]
    return gold, guess


def by_brute_force(gold: list[Document], guess: list[Document], labels: tuple[str, ...]) -> tuple:
    """As the ChemProt task's script: lines of (document, group, arg1, arg2), each once."""

    def lines(documents: list[Document]) -> list[str]:
        found: list[str] = []
        for one in documents:
            for each in one.relations:
                line = "\t".join([one.id, each.label, *(a.target for a in each.arguments)])
                if each.label in labels and line not in found:
                    found.append(line)
        return found

    wanted, given_ = lines(gold), lines(guess)
    hits = sum(1 for line in given_ if line in wanted)
    precision = hits / len(given_) if given_ else 0.0
    recall = hits / len(wanted) if wanted else 0.0
    f1 = 2 * precision * recall / (precision + recall) if hits else 0.0
    return precision, recall, f1, len(wanted)


@given(corpora)
def test_it_counts_as_the_task_does(drawn: list) -> None:
    gold, guess = as_corpora(drawn)
    for by in ("id", "extent"):
        scores = score_relations(gold, guess, LABELS, mentions_by=by)
        assert scores.overall == pytest.approx(by_brute_force(gold, guess, LABELS))
        for label, own in scores.by_label.items():
            assert own == pytest.approx(by_brute_force(gold, guess, (label,)))


@given(corpora)
def test_what_holds_for_any_two_corpora(drawn: list) -> None:
    gold, guess = as_corpora(drawn)
    scores, mirrored = (score_relations(*pair, LABELS) for pair in ((gold, guess), (guess, gold)))
    assert 0.0 <= scores.overall.f1 <= 1.0
    assert scores.overall.precision == mirrored.overall.recall
    assert scores.overall.f1 == pytest.approx(mirrored.overall.f1)
    perfect = score_relations(gold, gold, LABELS)
    assert perfect.counts[..., 1:].sum() == 0
    assert f1_of(scores.by_document.sum(axis=0)) == pytest.approx(scores.overall.f1)
    low, high, _ = bootstrap_interval(scores.by_document, resamples=50)
    assert 0.0 <= low <= high <= 1.0


@given(corpora, st.randoms())
def test_the_order_of_relations_does_not_matter(drawn: list, random: object) -> None:
    gold, guess = as_corpora(drawn)
    shuffled = []
    for one in guess:
        own = list(one.relations)
        random.shuffle(own)  # type: ignore[attr-defined]
        shuffled.append(replace(one, relations=tuple(own)))
    assert np.array_equal(
        score_relations(gold, guess, LABELS).counts, score_relations(gold, shuffled, LABELS).counts
    )


def test_concepts_are_compared_by_id_and_in_order() -> None:
    gold = [document(relation("CID", "D1", "C1", "concept"))]
    turned = [document(relation("CID", "C1", "D1", "concept"))]
    renamed = [document(relation("CID", "OLD1", "C1", "concept"))]
    assert score_relations(gold, turned, ["CID"]).overall.f1 == 0.0
    assert score_relations(gold, renamed, ["CID"]).overall.f1 == 0.0
    canonical = {"OLD1": "D1"}
    same = score_relations(
        gold, renamed, ["CID"], canonical=lambda one: canonical.get(one, one)
    ).overall
    assert same.f1 == 1.0


def test_roles_may_have_other_names() -> None:
    guess = Relation("CPR:4", (Argument("head", "T1"), Argument("tail", "T3")))
    scores = score_relations([document(relation("CPR:4", "T1", "T3"))], [document(guess)], LABELS)
    assert scores.overall.f1 == 1.0


def test_mentions_found_anew_are_known_by_where_they_are() -> None:
    gold = document(relation("CPR:4", "T1", "T3"))
    found = [replace(mention, id=f"M{n}") for n, mention in enumerate(MENTIONS)]
    guess = replace(document(relation("CPR:4", "M0", "M2")), mentions=tuple(found))
    assert score_relations([gold], [guess], LABELS).overall.f1 == 1.0
    assert score_relations([gold], [guess], LABELS, mentions_by="id").overall.f1 == 0.0


def test_two_mentions_on_one_span_are_two_by_id_and_one_by_extent() -> None:
    twin = replace(MENTIONS[2], id="T5")
    both = (relation("CPR:4", "T1", "T3"), relation("CPR:4", "T1", "T5"))
    gold = replace(document(*both), mentions=(*MENTIONS, twin))
    assert score_relations([gold], [gold], LABELS, mentions_by="id").overall.support == 2
    assert score_relations([gold], [gold], LABELS).overall.support == 1


def test_an_end_that_is_nowhere_is_found_by_nothing_else() -> None:
    loose = document(relation("CPR:4", "T9", "T3"))
    scores = score_relations([document(relation("CPR:4", "T1", "T3"))], [loose], LABELS)
    assert tuple(scores.by_document[0]) == (0, 1, 1)


def test_events_are_not_looked_at() -> None:
    event = Relation("CPR:4", (Argument("Theme", "T1"), Argument("Cause", "E1", "relation")))
    assert not relation_triples(document(event))
    assert score_relations([document(event)], [document(event)], LABELS).overall.support == 0


def test_other_documents_are_refused() -> None:
    with pytest.raises(ValueError, match="is 'd' in gold and 'e'"):
        score_relations([document()], [document(id_="e")], LABELS)


def test_confidences_go_with_whether_they_are_right() -> None:
    sure = replace(relation("CPR:4", "T1", "T3"), confidence=0.9)
    wrong = replace(relation("CPR:3", "T1", "T3"), confidence=0.4)
    silent = relation("CPR:9", "T2", "T3")
    confidences, is_right = judged_relations(
        [document(relation("CPR:4", "T1", "T3"))], [document(sure, wrong, silent)], LABELS
    )
    assert confidences.tolist() == [0.9, 0.4]
    assert is_right.tolist() == [True, False]
