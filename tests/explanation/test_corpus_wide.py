"""Words summed up over documents: what counts as a word, what leads, what was nearly found."""

from __future__ import annotations

import pytest

from bioweave.annotator import Annotator
from bioweave.document import Document
from bioweave.explanation.corpus_wide import PRIOR, WeightGatherer, spans_of, tally_words
from bioweave.explanation.corpus_wide.contexts import places_of, term_of
from bioweave.explanation.kept_rows import KeptRows
from bioweave.explanation.sampling import sample_mentions
from bioweave.explanation.subject import Sentences


def row(place: int, *words: tuple[str, str, float], found: bool = True) -> dict:
    told = [[where, term_of(word), word, weight] for where, word, weight in words]
    return {"place": place, "label": "Disease", "found": found, "probability": 0.5, "words": told}


def test_places_around_a_span_within_its_sentence() -> None:
    text = "One two. Aa bb cc dd ee ff velmar syndromes gg hh ii jj kk ll."
    start = text.index("velmar")
    subject = Sentences(Document("d", text)).subject(start, start + len("velmar syndromes"))
    found = [(one.spelled, one.where) for one in places_of(subject)]
    assert found == [
        *((word, "near") for word in ("bb", "cc", "dd", "ee")),
        ("ff", "before"),
        ("velmar", "in it"),
        ("syndromes", "in it"),
        ("gg", "after"),
        *((word, "near") for word in ("hh", "ii", "jj", "kk")),
    ]
    assert [one.term for one in places_of(subject) if one.where == "in it"] == [
        "velmar",
        "syndrome",
    ]


@pytest.mark.parametrize(
    ("word", "term"),
    [("Ulcers", "ulcer"), ("CLASS", "class"), ("7", "(number)"), ("IL-2", "il-2"), (",", ",")],
)
def test_terms(word: str, term: str) -> None:
    assert term_of(word) == term


def test_a_word_seen_once_does_not_lead() -> None:
    rows = [row(0, ("in it", "rare", 0.9))]
    rows += [row(place, ("in it", "usual", 0.5), ("after", "of", -0.2)) for place in range(20)]
    entries = tally_words(rows, least=1)["Disease"]
    assert [one["word"] for one in entries] == ["usual", "rare", "of"]
    usual, rare, against = entries
    assert usual["weight"] == pytest.approx(20 * 0.5 / (20 + PRIOR))
    assert rare["weight"] == pytest.approx(0.9 / (1 + PRIOR)) and rare["mean"] == 0.9
    assert (against["mean"], against["documents"], against["mentions"]) == (
        pytest.approx(-0.2),
        20,
        20,
    )
    assert [one["word"] for one in tally_words(rows)["Disease"]] == ["usual", "of"]


def test_a_document_counts_once_however_often_it_says_it() -> None:
    rows = [row(0, ("near", "Gene", 1.0))] * 50 + [row(1, ("near", "genes", 0.0), found=False)]
    [entry] = tally_words(rows, least=2)["Disease"]
    assert entry["mean"] == pytest.approx(0.5)
    assert (entry["word"], entry["mentions"], entry["documents"]) == ("Gene", 51, 2)
    assert entry["near_misses"] == 1
    assert entry["interval"] == [0.0, 1.0]


def test_near_misses_touch_nothing_that_was_found(tiny_annotator: Annotator) -> None:
    text = "Alben cor dexin mid hynor raken sul tavir ket besk orlan viret dunal morin gamen."
    [spans] = spans_of(tiny_annotator, [Document("1", text)], floor=0.02)
    assert spans.found == tiny_annotator(text).mentions
    assert spans.near
    for near in spans.near:
        assert near.confidence is not None and near.confidence >= 0.02
        assert near.text == text[near.start : near.end]
        others = [one for one in (*spans.found, *spans.near) if one is not near]
        assert not any(one.label == near.label and one.span.overlaps(near.span) for one in others)


def test_the_planted_word_leads(taught_annotator: Annotator) -> None:
    texts = [
        "talen besk acute orlan viret dunal",
        "acute morin kesta polim",
        "harun silot acute besk talen",
    ]
    documents = [Document(str(n), text) for n, text in enumerate(texts)]
    spans = list(spans_of(taught_annotator, documents))
    wanted = sample_mentions([one.found for one in spans], ["Disease"], None, seed=0)
    found = {one.key for one in wanted}
    gatherer = WeightGatherer(taught_annotator, "occlusion")
    rows = list(gatherer.rows(documents, wanted, found, KeptRows(None, {})))
    entries = tally_words(rows)["Disease"]
    assert (entries[0]["word"], entries[0]["where"]) == ("acute", "before")
    assert entries[0]["interval"][0] > 0.3
