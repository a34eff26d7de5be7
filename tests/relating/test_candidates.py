from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from invented_relations import concept_document, mention_document
from pairs_by_hand import CAUSES, GENES

from bioweave.document import Argument, Concept, Document, Mention, Relation
from bioweave.relating import End, Pair, RelationTask, candidate_pairs
from bioweave.relating.candidates import (
    gold_labels,
    gold_relations,
    pair_key,
    sentences_between,
    sentences_of,
)
from bioweave.text import segment


def sentence_numbers(document: Document) -> list[int]:
    return sentences_of(document, segment(document.text, document.passages))


def keys(document: Document, *tasks: RelationTask) -> list[object]:
    return [pair_key(pair) for pair in candidate_pairs(document, tasks, sentence_numbers(document))]


@given(st.integers(0, 500))
def test_mentions_are_paired_within_sentences_and_all_of_them_are(number: int) -> None:
    document = mention_document(number)
    numbers = sentence_numbers(document)
    expected = [
        (i, j)
        for i, head in enumerate(document.mentions)
        for j, tail in enumerate(document.mentions)
        if head.label == "Chemical" and tail.label == "Gene" and numbers[i] == numbers[j]
    ]
    found = list(candidate_pairs(document, (GENES,), numbers))
    assert [(p.head.mentions[0], p.tail.mentions[0]) for p in found] == expected


@given(st.integers(0, 500))
def test_concepts_are_paired_once_a_document_with_all_their_mentions(number: int) -> None:
    document = concept_document(number)
    found = list(candidate_pairs(document, (CAUSES,), sentence_numbers(document)))
    concepts = {
        label: {one.id for m in document.mentions if m.label == label for one in m.concepts}
        for label in ("Chemical", "Disease")
    }
    assert len(found) == len(concepts["Chemical"]) * len(concepts["Disease"])
    for pair in found:
        for end in (pair.head, pair.tail):
            assert [document.mentions[place].concepts[0].id for place in end.mentions] == [
                end.concept
            ] * len(end.mentions)


@given(st.integers(0, 500))
def test_every_gold_relation_of_the_invented_documents_is_a_pair(number: int) -> None:
    for document, task in ((mention_document(number), GENES), (concept_document(number), CAUSES)):
        named = replace(task, labels=("UP", "DOWN") if task is GENES else ("INDUCES",))
        gold = gold_labels(document, (named,))
        assert set(gold) <= set(keys(document, named))
        assert sum(map(len, gold.values())) == len(gold_relations(document, (named,)))


def test_a_mention_of_two_concepts_stands_for_both_and_one_of_none_for_nothing() -> None:
    mentions = (
        Mention(0, 4, "Zinc", "Chemical", concepts=(Concept("C1"), Concept("C2"))),
        Mention(5, 9, "iron", "Chemical"),
        Mention(10, 14, "gout", "Disease", concepts=(Concept("D1"),)),
    )
    document = Document("d", "Zinc iron gout.", mentions)
    assert keys(document, CAUSES) == [(0, "C1", "D1"), (0, "C2", "D1")]


def test_things_of_one_kind_are_paired_both_ways_and_never_with_themselves() -> None:
    both = RelationTask("interacts", ("BINDS",), "Gene", "Gene")
    mentions = (Mention(0, 4, "ZRK1", "Gene"), Mention(5, 9, "ZRK2", "Gene"))
    pairs = list(candidate_pairs(Document("d", "ZRK1 ZRK2", mentions), (both,), [0, 0]))
    assert [(p.head.mentions, p.tail.mentions) for p in pairs] == [((0,), (1,)), ((1,), (0,))]


def test_gold_that_joins_what_is_not_there_is_no_pair() -> None:
    mentions = (Mention(0, 4, "Zinc", "Chemical", id="T1"), Mention(5, 9, "ZRK1", "Gene", id="T2"))
    loose = Relation("UP", (Argument("Arg1", "T1"), Argument("Arg2", "T9")))
    document = Document("d", "Zinc ZRK1", mentions, (loose, loose))
    assert gold_labels(document, (GENES,)) == {}
    assert len(gold_relations(document, (GENES,))) == 1


def test_a_mention_that_begins_with_a_space_stands_where_its_first_letter_does() -> None:
    text = "An at on. Is it an?"
    mentions = (Mention(9, 12, " Is", "Gene"), Mention(16, 18, "an", "Chemical"))
    document = Document("d", text, mentions)
    sentences = segment(text)
    assert len(sentences) == 2
    assert sentences_of(document, sentences) == [1, 1]
    [pair] = candidate_pairs(document, [GENES], sentences_of(document, sentences))
    assert sentences_between(pair, [1, 1]) == 0


def test_how_far_apart_two_concepts_are() -> None:
    pair = Pair(0, End((0, 2), "C1"), End((1, 3), "D1"))
    assert sentences_between(pair, [0, 7, 4, 9]) == 3
    assert sentences_between(pair, [0, 7, 9, 9]) == 0
