from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioweave.corpus import Part, SplitName, count_drops, load, merge
from bioweave.document import Document

TRAIN, OTHER, TEST = SplitName("a", "train"), SplitName("b", "train"), SplitName("a", "test")
LONG = "Patients with cervid fever received oral fluvaxime for nine days."
LONGER = f"We report a trial. {LONG} All of them recovered within weeks."


def _documents(*pairs: tuple[str, str]) -> list[Document]:
    return [Document(id_, text) for id_, text in pairs]


def _reasons(learned: list[Document], measured: list[Document]) -> list[tuple[str, str]]:
    kept, drops = merge([Part(TRAIN, learned)], [Part(TEST, measured)])
    assert len(kept[0]) + len(drops) == len(learned)
    assert all(drop.is_held_out and drop.other == TEST for drop in drops)
    return [(drop.document, drop.reason) for drop in drops]


def test_what_is_measured_on_is_not_learned_from() -> None:
    learned = _documents(
        ("PMID:1", "one text"), ("PMID:2", "Another text!"), ("PMID:3", "a third text")
    )
    measured = _documents(("PMID:1", "the same abstract, edited"), ("x", "another  TEXT"))
    assert _reasons(learned, measured) == [("PMID:1", "same id"), ("PMID:2", "same text")]


def test_sentences_are_found_in_documents_and_documents_by_their_sentences() -> None:
    assert _reasons(_documents(("s", LONG)), _documents(("d", LONGER))) == [("s", "inside")]
    assert _reasons(_documents(("d", LONGER)), _documents(("s", LONG))) == [("d", "contains")]


def test_short_sentences_prove_nothing() -> None:
    short = "Materials and methods."
    assert _reasons(_documents(("s", short)), _documents(("d", f"{short} {LONG}"))) == []


def test_the_corpus_named_first_keeps_a_text() -> None:
    parts = [
        Part(TRAIN, _documents(("PMID:1", "one"), ("PMID:2", "two"))),
        Part(OTHER, _documents(("PMID:2", "two, edited"), ("z", "ONE"), ("PMID:4", "four"))),
    ]
    kept, drops = merge(parts)
    assert [[document.id for document in part] for part in kept] == [
        ["PMID:1", "PMID:2"],
        ["PMID:4"],
    ]
    assert [(drop.document, drop.reason, drop.other) for drop in drops] == [
        ("PMID:2", "same id", TRAIN),
        ("z", "same text", TRAIN),
    ]
    assert not any(drop.is_held_out for drop in drops)


def test_within_a_corpus_sentences_of_one_abstract_stay_and_copies_go() -> None:
    part = Part(TRAIN, _documents(("PMID:1#1", "first"), ("PMID:1#2", "second"), ("c", "First.")))
    kept, drops = merge([part])
    assert [document.id for document in kept[0]] == ["PMID:1#1", "PMID:1#2"]
    assert [(drop.document, drop.reason) for drop in drops] == [("c", "same text")]


def test_a_dropped_document_bars_no_other() -> None:
    parts = [
        Part(TRAIN, _documents(("PMID:9", "kept nowhere"))),
        Part(OTHER, _documents(("z", "kept nowhere"))),
    ]
    kept, _ = merge(parts, [Part(TEST, _documents(("PMID:9", "something else")))])
    assert [[document.id for document in part] for part in kept] == [[], ["z"]]


def test_the_record_names_each_dropped_document() -> None:
    _, drops = merge(
        [Part(TRAIN, _documents(("PMID:1", "x"), ("PMID:2", "y")))],
        [Part(TEST, _documents(("PMID:1", "u"), ("PMID:2", "v")))],
    )
    assert count_drops(drops) == [
        {
            "corpus": "a",
            "split": "train",
            "n": 2,
            "reason": "same id",
            "other": "a test",
            "is_held_out": True,
            "documents": ["PMID:1", "PMID:2"],
        }
    ]


TEXTS = st.lists(
    st.lists(
        st.sampled_from(["cervid", "fever", "fluvaxime", "received", "patients", "days"]),
        min_size=1,
        max_size=12,
    ).map(" ".join),
    max_size=6,
)


@given(learned=TEXTS, more=TEXTS, measured=TEXTS)
def test_nothing_that_is_kept_is_in_what_is_measured(
    learned: list[str], more: list[str], measured: list[str]
) -> None:
    parts = [
        Part(TRAIN, _documents(*((f"a{n}", text) for n, text in enumerate(learned)))),
        Part(OTHER, _documents(*((f"b{n}", text) for n, text in enumerate(more)))),
    ]
    held = _documents(*((f"t{n}", text) for n, text in enumerate(measured)))
    kept, drops = merge(parts, [Part(TEST, held)])
    assert sum(map(len, kept)) + len(drops) == len(learned) + len(more)
    texts = [document.text.replace(" ", "") for part in kept for document in part]
    whole = {document.text.replace(" ", ""): document.text for part in kept for document in part}
    assert len(set(texts)) == len(texts)
    for text in texts:
        for other in measured:
            joined = other.replace(" ", "")
            assert text != joined
            if min(len(text), len(joined)) >= 30:
                # By whole words: letters may meet by chance across a word's edge.
                ours = f" {whole[text]} "
                assert f" {other} " not in ours and ours not in f" {other} "


def test_corpora_that_share_abstracts(small: Path) -> None:
    held = Part(SplitName("chemprot", "test"), load("chemprot", "test", small))
    learned = Part(SplitName("drugprot", "train"), load("drugprot", "train", small))
    kept, drops = merge([learned], [held])
    assert [drop.document for drop in drops] == ["PMID:88000003"]
    assert "PMID:88000003" not in [document.id for document in kept[0]]


@pytest.mark.slow
def test_real_corpora_share_what_is_known_of_them(corpora: Path) -> None:
    held = [Part(SplitName("bc2gm", "test"), load("bc2gm", "test", corpora))]
    learned = [Part(SplitName("bc2gm", "train"), load("bc2gm", "train", corpora))]
    _, drops = merge(learned, held)
    assert len([drop for drop in drops if drop.is_held_out]) >= 58
