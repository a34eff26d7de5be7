"""The annotator on a tagger of random weights: order, independence, offsets, bad input."""

import pickle
import random
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from invented_texts import invented_text, invented_texts
from tiny_tagger import load_tiny_bundle

from bioweave.annotator import Annotator
from bioweave.annotator.rule_files import RuleSet
from bioweave.bundle import Bundle
from bioweave.document import Document, Mention, Passage, Relation
from bioweave.errors import ConfigurationError
from bioweave.features.windows import WindowSettings


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    return load_tiny_bundle(tmp_path_factory.mktemp("bundles") / "tiny")


@pytest.fixture(scope="module")
def annotator(bundle: Bundle) -> Annotator:
    return Annotator(bundle, n_threads=2)


def found(document: Document) -> list[tuple[int, int, str]]:
    return [(mention.start, mention.end, mention.label) for mention in document.mentions]


def confidences(document: Document) -> list[float]:
    return [mention.confidence for mention in document.mentions]


def assert_same(left: Document, right: Document) -> None:
    assert found(left) == found(right)
    assert confidences(left) == pytest.approx(confidences(right), abs=1e-9)


def test_mentions_are_exact_and_sure_to_a_degree(annotator: Annotator) -> None:
    documents = [annotator(text) for text in invented_texts(10)]
    mentions = [mention for document in documents for mention in document.checked().mentions]
    assert len(mentions) > 50
    assert {mention.label for mention in mentions} == {"Chemical", "Disease", "Gene"}
    assert all(0 < mention.confidence <= 1 for mention in mentions)
    assert all(mention.text == mention.text.strip() for mention in mentions)


def test_a_document_does_not_hear_of_its_neighbours(bundle: Bundle, annotator: Annotator) -> None:
    documents = [
        Document(str(position), text) for position, text in enumerate(invented_texts(60, seed=1))
    ]
    alone = {document.id: annotator(document) for document in documents}
    assert sum(len(document.mentions) for document in alone.values()) > 300
    for seed, n_threads in ((1, 1), (2, 2), (3, 5)):
        random.Random(seed).shuffle(documents)
        others = Annotator(bundle, n_threads=n_threads)
        together = list(others.pipe(documents))
        assert [document.id for document in together] == [document.id for document in documents]
        for document in together:
            assert_same(document, alone[document.id])


def test_many_threads_share_an_annotator(annotator: Annotator) -> None:
    texts = invented_texts(24, seed=2)
    expected = [annotator(text) for text in texts]
    barrier = threading.Barrier(6)

    def work(offset: int) -> list[Document]:
        barrier.wait()
        return list(annotator.pipe(texts[offset:] + texts[:offset]))

    with ThreadPoolExecutor(6) as executor:
        for offset, documents in enumerate(executor.map(work, range(6))):
            for position, document in enumerate(documents):
                assert_same(document, expected[(position + offset) % len(texts)])


def test_a_pickled_annotator_finds_the_same(annotator: Annotator) -> None:
    text = invented_text(7)
    copy = pickle.loads(pickle.dumps(annotator))
    assert_same(copy(text), annotator(text))
    assert len(pickle.dumps(annotator)) < 10_000  # not the graph, but its path


def test_streams_are_read_as_they_are_needed(annotator: Annotator) -> None:
    n_read = 0

    def endless():
        nonlocal n_read
        while True:
            n_read += 1
            yield invented_text(n_read)

    stream = annotator.pipe(endless())
    ids = [next(stream).id for _ in range(20)]
    assert ids == [str(position) for position in range(1, 21)]
    assert n_read < 400


def test_an_input_keeps_all_but_its_mentions_and_relations(annotator: Annotator) -> None:
    text = invented_text(3)
    document = Document(
        "PMID:1",
        text,
        (Mention(0, 2, text[:2], "Species", id="T1"),),
        (Relation("is", ()),),
        (Passage(0, len(text), "abstract"),),
        {"year": 1999},
    )
    result = annotator(document)
    assert result == Document(
        "PMID:1", text, result.mentions, (), document.passages, document.metadata
    )
    assert "Species" not in {mention.label for mention in result.mentions}


def test_a_long_sentence_is_annotated_to_its_end(annotator: Annotator) -> None:
    text = invented_text(11, n_sentences=1, longest=1).rstrip(".") + " mid" * 3000 + " alben-2 cor."
    prepared = list(annotator.score([text]))
    [(document, scores)] = prepared
    assert scores.words[-1].end == len(text)
    assert all(len(rows) == len(scores.words) for rows in scores.probabilities.values())
    assert max(mention.end for mention in document.mentions) > len(text) - 100


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n\t ",
        "x",
        "\x00",
        "a\x00b and c\x00",
        "👩‍🔬 fights 🦠🦠 with 💊.",
        "e\u0301pile\u0301psie et n\u0303andu\u0301 " * 40,
        "الملاريا مرض خطير. מחלת הסוכרת נפוצה.",
        "lone \ud800 surrogates \udfff stay",
        "a" * 5000,
        "\u00ad\u200b\ufeff",
        "\u3000全角 ｔｅｘｔ\u3000",
    ],
)
def test_odd_texts_are_annotated_with_exact_offsets(annotator: Annotator, text: str) -> None:
    assert annotator(text).checked().text == text


def test_word_scores_are_distributions_and_agree_with_sure_mentions(bundle: Bundle) -> None:
    annotator = Annotator(bundle, n_threads=2, rules=RuleSet(rules=()))  # rules move boundaries
    texts = [*invented_texts(8, seed=4), ""]
    for (document, scores), alone in zip(annotator.score(texts), texts, strict=True):
        assert_same(document, annotator(alone))
        assert tuple(scores.probabilities) == annotator.labels
        for rows in scores.probabilities.values():
            assert rows.shape == (len(scores.words), 3)
            assert rows.dtype == np.float32
            assert np.allclose(rows.sum(axis=1), 1, atol=1e-5)
        starts = {word.start: position for position, word in enumerate(scores.words)}
        for mention in document.mentions:
            begins = scores.probabilities[mention.label][starts[mention.start], 0]
            # The probability of the whole span cannot exceed that of its first tag.
            assert mention.confidence <= begins + 1e-5


def test_labels_can_be_chosen(bundle: Bundle) -> None:
    text = invented_text(5)
    everything = Annotator(bundle)(text)
    some = Annotator(bundle, labels=["Gene", "Chemical"])
    assert some.labels == ("Gene", "Chemical")
    assert {mention.label for mention in some(text).mentions} <= {"Gene", "Chemical"}
    only = Annotator(bundle, labels=["Chemical"])(text)
    assert set(found(only)) >= {span for span in found(everything) if span[2] == "Chemical"}


def test_thresholds_come_from_the_manifest_then_from_the_mode(bundle: Bundle) -> None:
    text = invented_text(6, n_sentences=30)
    given = {"precision": {"Chemical": 0.6}}
    manifest = bundle.manifest.model_copy(update={"thresholds": given})
    strict = Annotator(
        Bundle(manifest, bundle.tokenizer, bundle.chains, bundle.graph), mode="precision"
    )
    assert strict.thresholds == {"Chemical": 0.6, "Disease": 0.8, "Gene": 0.8}
    kept = strict(text).mentions
    assert kept
    assert all(mention.confidence >= strict.thresholds[mention.label] for mention in kept)
    assert len(kept) < len(Annotator(bundle)(text).mentions)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"labels": ["Disease", "Plant"]}, "does not find Plant: its labels are Chemical"),
        ({"labels": []}, "does not find nothing at all"),
        ({"mode": "wild"}, "unknown mode 'wild': it is one of precision, balanced, recall"),
        ({"n_threads": 0}, "at least 1 thread, not 0"),
    ],
)
def test_wrong_options_are_refused(bundle: Bundle, options: dict, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        Annotator(bundle, **options)


def test_one_sentence_a_window_works_as_well(tmp_path: Path) -> None:
    bundle = load_tiny_bundle(tmp_path / "tiny", windows=WindowSettings(32, False, 4))
    documents = list(Annotator(bundle).pipe(invented_texts(6)))
    assert sum(len(document.checked().mentions) for document in documents) > 20


@pytest.mark.parametrize(
    ("given", "complaint"), [("one text", "put it in a list"), ([None], "item 1 .* NoneType")]
)
def test_what_is_neither_text_nor_document_is_refused(
    annotator: Annotator, given: object, complaint: str
) -> None:
    with pytest.raises(TypeError, match=complaint):
        list(annotator.pipe(given))  # type: ignore[arg-type]
