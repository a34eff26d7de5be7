from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from invented_relations import concept_document, mention_document
from pairs_by_hand import CAUSES, GENES, HandGraph, make_cutter

from bioweave.document import Argument, Concept, Document, Mention, Relation
from bioweave.relating import Calibrator, Deciding, Relater
from bioweave.relating.scoring import pooled, score_pairs


def make_relater(threshold: float = 0.5, max_pieces: int = 256) -> Relater:
    deciding = Deciding(Calibrator.plain(3), (threshold,) * 3)
    return Relater(make_cutter(GENES, CAUSES, max_pieces=max_pieces), HandGraph(3), deciding)


def shape(document: Document) -> list[tuple[str, tuple[str, ...]]]:
    return [(one.label, tuple(a.target for a in one.arguments)) for one in document.relations]


@settings(deadline=None, max_examples=30)
@given(st.lists(st.integers(0, 100), min_size=1, max_size=6))
def test_a_document_in_a_stream_gets_what_it_gets_alone(numbers: list[int]) -> None:
    documents = [
        make(number) for number in numbers for make in (mention_document, concept_document)
    ]
    together = list(make_relater().pipe(documents))
    alone = [make_relater()(document) for document in documents]
    assert together == alone


def test_threads_change_nothing() -> None:
    documents = [make(n) for n in range(6) for make in (mention_document, concept_document)]
    deciding = Deciding(Calibrator.plain(3), (0.5,) * 3)
    cutter = make_cutter(GENES, CAUSES)
    alone, side_by_side = (
        list(Relater(cutter, HandGraph(3), deciding, n_threads=n).pipe(documents)) for n in (1, 3)
    )
    assert alone == side_by_side


def test_relations_name_their_ends_and_where_they_stand() -> None:
    text = "An at is on. Or at it."
    mentions = (
        Mention(0, 2, "An", "Chemical", id="T7"),
        Mention(6, 8, "is", "Gene"),
        Mention(9, 11, "on", "Disease", concepts=(Concept("D1"),)),
    )
    found = make_relater()(Document("d", text, mentions))
    assert shape(found) == [("UP", ("T7", "T1")), ("DOWN", ("T7", "T1"))]
    assert [mention.id for mention in found.mentions] == ["T7", "T1", "T2"]
    relation = found.relations[0]
    assert [one.role for one in relation.arguments] == ["head", "tail"]
    start, end = relation.metadata["evidence"]
    assert found.text[start:end] == "An at is on."
    # 3 - 0.1 * 4 pieces apart.
    assert relation.confidence == round(1 / (1 + float(np.exp(-2.6))), 6)


def test_relations_between_concepts_have_evidence_that_names_both() -> None:
    for number in range(20):
        document = make_relater(threshold=0.0)(concept_document(number))
        causes = [one for one in document.relations if one.label == "CID"]
        assert causes
        for relation in causes:
            start, end = relation.metadata["evidence"]
            inside = {
                concept.id
                for mention in document.mentions
                if start <= mention.start and mention.end <= end
                for concept in mention.concepts
            }
            assert {argument.target for argument in relation.arguments} <= inside
            assert all(argument.kind == "concept" for argument in relation.arguments)


def test_a_threshold_that_nothing_reaches_leaves_nothing() -> None:
    assert not make_relater(threshold=1.0)(mention_document(1)).relations


def test_relations_of_other_labels_stay_and_own_ones_are_replaced() -> None:
    old = Relation("UP", (Argument("head", "T1"), Argument("tail", "T9")))
    other = Relation("NEAR", (Argument("head", "T1"), Argument("tail", "T2")))
    document = mention_document(1)
    given_ = Document(document.id, document.text, document.mentions, (old, other))
    found = make_relater()(given_)
    assert found.relations[0] == other
    assert old not in found.relations and len(found.relations) > 1


def test_what_could_not_be_read_as_it_stands_is_told() -> None:
    relater = make_relater(max_pieces=96)
    long = "an " + "x " * 200 + "is"
    mentions = (Mention(0, 2, "an", "Chemical"), Mention(len(long) - 2, len(long), "is", "Gene"))
    documents = [Document("long", long, mentions), Document("none", "an at"), Document("empty", "")]
    list(relater.pipe(documents))
    assert relater.tally.n_pairs == 1 and relater.tally.n_windows == 1
    told = " ".join(relater.tally.warnings())
    assert "2 of 3 documents have no pair" in told
    assert "1 mentions of Chemical have no concept" in told
    assert "pieces of long sentences" in told


def test_two_thousand_pairs_are_all_scored_a_few_at_a_time() -> None:
    words = ["an"] * 45 + ["is"] * 45
    text = " ".join(words)
    mentions = tuple(
        Mention(3 * i, 3 * i + 2, word, "Chemical" if word == "an" else "Gene")
        for i, word in enumerate(words)
    )
    graph = HandGraph(3)
    relater = Relater(make_cutter(GENES, CAUSES), graph, Deciding(Calibrator.plain(3), (0.0,) * 3))
    found = relater(Document("d", text, mentions))
    assert relater.tally.n_pairs == 45 * 45
    assert len(found.relations) == 2 * 45 * 45
    # A batch, not the document's pairs.
    assert graph.largest_batch <= 4096


def test_windows_of_a_pair_are_pooled() -> None:
    rows = np.array([[0.0, 5.0], [0.0, -5.0]], dtype=np.float32)
    assert np.allclose(pooled(rows), [np.log(2.0), 5.0], atol=1e-3)
    huge = np.array([[1e4], [1e4]], dtype=np.float32)
    assert np.isfinite(pooled(huge)).all()
    cutter = make_cutter(CAUSES, max_pieces=96)
    filler = " ".join(["at"] * 60)
    text = f"An {filler}. Is {filler}. An {filler}. Is {filler}."
    places = [i for i in range(len(text)) if text[i : i + 3] in ("An ", "Is ")]
    mentions = tuple(
        Mention(
            i,
            i + 2,
            text[i : i + 2],
            "Chemical" if text[i] == "A" else "Disease",
            concepts=(Concept(text[i : i + 2]),),
        )
        for i in places
    )
    document = Document("d", text, mentions)
    [one] = cutter.cut(0, cutter.segmented(document))
    assert len(one.windows) > 1
    [scores] = score_pairs([one], HandGraph(1))
    assert len(scores.sentences) == len(one.windows)
    assert scores.log_odds[0] >= max(HandGraph(1)(_inputs(window))[0, 0] for window in one.windows)


def _inputs(window: object) -> dict[str, np.ndarray]:
    from bioweave.relating.batches import pad_marked

    return pad_marked([window])  # type: ignore[list-item]
