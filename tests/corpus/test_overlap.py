from __future__ import annotations

import re
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from bioweave.corpus import SplitName, load, overlap, overlap_json
from bioweave.corpus.letters import N_LETTERS, letters_of
from bioweave.corpus.overlap import _count_contained


def _pair(names: list[str], held_out: str, other: str, folder: Path) -> object:
    (found,) = [
        each
        for each in overlap(names, folder)
        if (str(each.held_out), str(each.other)) == (held_out, other)
    ]
    return found


def test_each_pair_of_splits_is_compared_once_from_the_later_one(small: Path) -> None:
    pairs = [(str(each.held_out), str(each.other)) for each in overlap(["sample"], small)]
    assert pairs == [
        ("sample dev", "sample train"),
        ("sample test", "sample train"),
        ("sample test", "sample dev"),
    ]


def test_a_corpus_named_twice_is_compared_once(small: Path) -> None:
    assert overlap(["s800", "s800"], small) == overlap(["s800"], small)


def test_documents_are_found_by_number_across_corpora(small: Path) -> None:
    found = _pair(["drugprot", "chemprot"], "chemprot test", "drugprot train", small)
    assert (found.n_same_id, found.n_same_text) == (1, 1)
    assert found.documents == ("PMID:88000003",)
    assert found.is_telling


def test_texts_are_found_without_numbers(small: Path) -> None:
    found = _pair(["jnlpba"], "jnlpba test", "jnlpba train", small)
    assert (found.n_same_id, found.n_same_text) == (0, 1)
    assert (found.n_shared_sentences, found.n_distinct_sentences) == (1, 1)


def test_two_tokenisations_of_a_text_are_the_same(tmp_path: Path) -> None:
    home = tmp_path / "mine"
    home.mkdir()
    (home / "train.jsonl").write_text('{"id": "a", "text": "IL-2 (Il2) acts."}\n')
    (home / "test.jsonl").write_text('{"id": "b", "text": "IL-2 ( IL2 ) acts ."}\n')
    (found,) = overlap(["mine"], tmp_path)
    assert (found.held_out, found.other) == (SplitName("mine", "test"), SplitName("mine", "train"))
    assert (found.n_same_text, found.n_shared_sentences) == (1, 0)


def test_sentences_are_found_within_documents(tmp_path: Path) -> None:
    home = tmp_path / "mine"
    home.mkdir()
    long = "Norbexazole lowered the brinase of all mice"
    (home / "train.jsonl").write_text(f'{{"id": "a", "text": "So: {long}, we say."}}\n')
    (home / "test.jsonl").write_text(
        f'{{"id": "b", "text": "{long}."}}\n{{"id": "c", "text": "We say."}}\n'
    )
    (found,) = overlap(["mine"], tmp_path)
    assert (found.n_same_text, found.n_shared_sentences, found.n_contained_sentences) == (0, 0, 1)
    assert found.is_telling


def test_short_sentences_alone_tell_nothing(small: Path) -> None:
    found = _pair(["bc2gm"], "bc2gm test", "bc2gm train", small)
    assert found.n_same_text == found.n_shared_sentences == 1
    assert found.n_contained_sentences == 0


@given(
    st.lists(st.text("ab c.", min_size=1, max_size=45), max_size=4),
    st.lists(st.text("ab c.", min_size=1, max_size=90), max_size=3),
    st.data(),
)
def test_containment_agrees_with_a_search_of_every_pair(
    sentences: list[str], documents: list[str], data: st.DataObject
) -> None:
    if documents:
        whole = data.draw(st.sampled_from(documents))
        start = data.draw(st.integers(0, len(whole) - 1))
        sentences.append(whole[start:])
    expected = sum(
        len(re.sub(r"[\W_]", "", sentence)) >= N_LETTERS
        and any(_stands_in(sentence, document) for document in documents)
        for sentence in sentences
    )
    letters = [letters_of(document) for document in documents]
    assert _count_contained([letters_of(s).text for s in sentences], letters) == expected


def _stands_in(sentence: str, document: str) -> bool:
    """Whether the sentence's letters stand in the document's, from the start of a word on."""
    words = re.findall(r"[^\W_]+", document)
    wanted = re.sub(r"[\W_]", "", sentence)
    return any("".join(words[n:]).startswith(wanted) for n in range(len(words)))


def test_the_json_lists_shared_documents(small: Path) -> None:
    (row,) = overlap_json(overlap(["s800"], small))
    assert row == {
        "held_out": {"corpus": "s800", "split": "test"},
        "other": {"corpus": "s800", "split": "train"},
        "documents": 1,
        "same_id": 0,
        "same_text": 0,
        "sentences": 2,
        "shared_sentences": 0,
        "distinct_shared_sentences": 0,
        "contained_sentences": 0,
        "shared_documents": [],
    }
    assert load("s800", "test", small)
