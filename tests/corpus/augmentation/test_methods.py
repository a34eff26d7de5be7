"""What every method promises of any document, and what each does to a plain one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import partial
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marked_documents import marked_documents

from bioweave.corpus.augmentation import (
    Change,
    NameList,
    WordsByTag,
    names_in,
    replace_mentions,
    replace_words,
    shuffle_segments,
    vary_case,
    vary_greek,
)
from bioweave.document import Document, Mention, Span
from bioweave.text import split_words

NAMES = NameList({"Disease": ["velmar syndrome", "ß-marlitis"], "Chemical": ["2-fluoro-pentalin"]})


def _methods(document: Document) -> dict[str, Change]:
    """Every method, as changeful as it can be."""
    words = WordsByTag([document, *_plain_documents()])
    return {
        "mentions": partial(replace_mentions, names=NAMES, probability=0.8),
        "own mentions": partial(replace_mentions, names=names_in([document]), probability=1.0),
        "words": partial(replace_words, words=words, probability=0.8),
        "shuffling": partial(shuffle_segments, probability=1.0),
        "case": partial(vary_case, probability=0.8),
        "sentence case": partial(vary_case, probability=1.0, unit="sentences"),
        "greek": partial(vary_greek, probability=0.8),
    }


def _document(text: str, *names: tuple[str, str]) -> Document:
    """The text with a mention wherever one of the names stands first."""
    mentions = [
        Mention(text.index(name), text.index(name) + len(name), name, label)
        for name, label in names
    ]
    return Document("d", text).with_mentions(mentions)


def _plain_documents() -> list[Document]:
    return [
        _document(
            "In mice, tiracetine worsens type 2 marlitis.",
            ("tiracetine", "Chemical"),
            ("type 2 marlitis", "Disease"),
        ),
        _document(
            "Norbexazole relieved retinal calvosis (P < 0.01).",
            ("Norbexazole", "Chemical"),
            ("retinal calvosis", "Disease"),
        ),
    ]


@given(marked_documents(), st.integers(0, 99))
def test_offsets_stay_exact_and_labels_stay(document: Document, seed: int) -> None:
    for name, change in _methods(document).items():
        changed = change(document, Random(seed))
        changed.checked(name)
        assert changed == change(document, Random(seed)), name
        before, after = (
            [(mention.label, len(mention.fragments)) for mention in one.mentions]
            for one in (document, changed)
        )
        assert before == after, name
        assert [one.kind for one in changed.passages] == [one.kind for one in document.passages]


@pytest.mark.parametrize("text", ["", " \n", "No names at all, in two sentences. Here."])
def test_documents_without_mentions(text: str) -> None:
    document = Document("d", text)
    for name, change in _methods(document).items():
        changed = change(document, Random(1))
        assert not changed.mentions
        if not text.strip():
            assert changed == document, name
        if "mentions" in name or name == "case":
            assert changed == document, name


def test_nothing_happens_at_probability_0() -> None:
    for document in _plain_documents():
        words = WordsByTag([document])
        methods: list[Callable[..., Document]] = [
            partial(replace_mentions, names=NAMES),
            partial(replace_words, words=words),
            shuffle_segments,
            vary_case,
            partial(vary_case, unit="sentences"),
            vary_greek,
        ]
        for method in methods:
            assert method(document, Random(0), probability=0.0) == document


def test_a_name_is_replaced_by_one_of_its_label_and_everywhere_alike() -> None:
    text = "Dolumide and marlitis: dolumide worsens marlitis, and dolumide does not."
    starts = [i for i in range(len(text)) if text.startswith("dolumide", i)]
    mentions = [Mention(i, i + 8, "dolumide", "Chemical") for i in starts]
    mentions.append(Mention(13, 21, "marlitis", "Disease"))
    names = NameList({"Chemical": ["tirac", "dolumide"], "Disease": ["marlitis"]})
    document = Document("d", text).with_mentions(mentions)
    changed = replace_mentions(document, Random(0), names, probability=1.0)
    assert changed.text == "Dolumide and marlitis: tirac worsens marlitis, and tirac does not."
    assert [m.text for m in changed.mentions] == ["marlitis", "tirac", "tirac"]


def test_mentions_in_one_another_and_with_gaps_are_not_replaced() -> None:
    text = "familial breast cancer, ovarian and lung cancer, dolumide"
    nested = [Mention(0, 22, text[:22], "Disease"), Mention(9, 22, text[9:22], "Disease")]
    parted = Mention(24, 47, text[24:47], "Disease", fragments=(Span(24, 31), Span(41, 47)))
    alone = Mention(49, 57, "dolumide", "Chemical")
    document = Document("d", text).with_mentions([*nested, parted, alone])
    changed = replace_mentions(document, Random(0), NAMES, probability=1.0)
    assert changed.text == text[:49] + "2-fluoro-pentalin"


def test_words_are_replaced_by_words_of_their_tag() -> None:
    documents = _plain_documents()
    words = WordsByTag(documents)
    seen = Counter()
    for seed in range(200):
        changed = replace_words(documents[0], Random(seed), words, probability=1.0)
        first = changed.mentions[1].text.split()
        assert len(split_words(changed.text)) == len(split_words(documents[0].text))
        assert changed.text.endswith(".") and changed.mentions[0].text in {
            "tiracetine",
            "Norbexazole",
        }
        assert first[0] in {"type", "retinal"}
        assert set(first[1:]) <= {"2", "marlitis", "calvosis"}
        seen.update(first[1:])
    # Each as often as it stands there with this tag: once.
    assert min(seen.values()) > 0.25 * sum(seen.values())


def test_words_of_a_tag_that_was_never_seen_stay() -> None:
    document = _plain_documents()[0]
    outside = Document("o", "Unrelated words only.")
    changed = replace_words(document, Random(0), WordsByTag([outside]), probability=1.0)
    assert [m.text for m in changed.mentions] == [m.text for m in document.mentions]
    assert changed.text != document.text


def test_words_of_nested_mentions_have_a_tag_for_each() -> None:
    def nested(text: str, inner: str) -> Document:
        return _document(text, (text, "Disease"), (inner, "Gene"))

    one = nested("severe BRC cancer", "BRC")
    words = WordsByTag([one, nested("mild LUN disorder", "LUN"), Document("o", "outside")])
    for seed in range(20):
        changed = replace_words(one, Random(seed), words, probability=1.0)
        gene = next(mention for mention in changed.mentions if mention.label == "Gene")
        assert gene.text in {"BRC", "LUN"}
        assert changed.text.split()[0] in {"severe", "mild"}


def test_words_are_shuffled_within_their_segments() -> None:
    text = "we gave oral 2-fluoro-pentalin to some adults with type 2 marlitis, and they slept."
    document = _document(text, ("2-fluoro-pentalin", "Chemical"), ("type 2 marlitis", "Disease"))
    changed = shuffle_segments(document, Random(3), probability=1.0)
    chemical, disease = changed.mentions
    assert sorted(chemical.text.split("-")) == ["2", "fluoro", "pentalin"]
    assert sorted(disease.text.split()) == ["2", "marlitis", "type"]
    stretches = [
        changed.text[: chemical.start],
        changed.text[chemical.end : disease.start],
        changed.text[disease.end :],
    ]
    assert [sorted(stretch.strip(" .,").split()) for stretch in stretches] == [
        ["gave", "oral", "we"],
        ["adults", "some", "to", "with"],
        ["and", "slept", "they"],
    ]
    assert changed.text != text
    assert changed.text.endswith(".")


def test_sentences_do_not_mix() -> None:
    document = Document("d", "Aa bb cc. Dd ee ff.")
    for seed in range(10):
        left, right = shuffle_segments(document, Random(seed), 1.0).text.split(". ")
        assert sorted(left.split()) == ["Aa", "bb", "cc"]
        assert sorted(right.strip(".").split()) == ["Dd", "ee", "ff"]


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("upper", "On STRASSEN-FIEBER type."),
        ("lower", "On straßen-fieber type."),
        ("title", "On Straßen-Fieber type."),
    ],
)
def test_case_forms_of_mentions(form: str, expected: str) -> None:
    document = _document("On straßen-Fieber type.", ("straßen-Fieber", "Disease"))
    changed = vary_case(document, Random(0), 1.0, forms=[form])  # type: ignore[list-item]
    assert changed.text == expected
    assert changed.mentions[0].text == expected[3:-6]


def test_case_of_sentences_keeps_edges_inside_words() -> None:
    document = _document("The HT2A-ligand ßx rose.", ("HT2", "Gene"), ("x", "Chemical"))
    changed = vary_case(document, Random(0), 1.0, unit="sentences", forms=["title"])
    assert changed.text == "The Ht2a-Ligand Ssx Rose."
    assert [mention.text for mention in changed.mentions] == ["Ht2", "x"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("TNF-α and TNFα", "TNF-alpha and TNFalpha"),
        ("TNF-alpha and TNFalpha, 17beta", "TNF-α and TNFα, 17β"),
        ("Δ9-pentalin and Delta 9", "Delta9-pentalin and Δ 9"),
        ("Alpha-synuclein", "α-synuclein"),
        ("10 μg of betaine, alphabetical, Kappas", "10 μg of betaine, alphabetical, Kappas"),
        ("in Greek: φάρμακα και αβ", "in Greek: φάρμακα και αβ"),
        ("pi, chi and eta squared", "pi, chi and eta squared"),
    ],
)
def test_greek_both_ways(text: str, expected: str) -> None:
    assert vary_greek(Document("d", text), Random(0), 1.0).text == expected


def test_greek_inside_a_mention_and_across_its_edge() -> None:
    document = _document("High TNF-α level.", ("TNF-α", "Gene"))
    assert vary_greek(document, Random(0), 1.0).mentions[0].text == "TNF-alpha"
    document = _document("TNF-alpha", ("TNF-al", "Gene"))
    assert vary_greek(document, Random(0), 1.0) == document
