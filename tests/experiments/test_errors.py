"""The report of mistakes on a corpus, with a model whose answers are known."""

import json
from html.parser import HTMLParser

import numpy as np
import pytest

from bioweave.corpus import load
from bioweave.document import Document, Mention
from bioweave.errors import CorpusError
from bioweave.experiments import analyse_errors, errors_page
from bioweave.experiments.learning import saw
from bioweave.experiments.splits import hold_out
from bioweave.scoring import TokenScores


class Answering:
    """Answers what it was made with; sure of nothing."""

    labels = ("Disease", "Chemical")

    def __init__(self, answers):
        self._answers = answers

    def score(self, documents):
        for document in documents:
            answer = document.with_mentions(self._answers.get(document.id, ()))
            unsure = {label: np.empty((0, 3), dtype=np.float32) for label in self.labels}
            yield answer, TokenScores((), unsure)


@pytest.fixture
def sample(repository, monkeypatch):
    folder = repository / "tests" / "data" / "corpora"
    monkeypatch.setenv("BIOWEAVE_CORPORA", str(folder))
    return folder


@pytest.fixture
def report(sample):
    dev = load("sample", "dev")
    # All is right but for one document: there a mention is missing and another ends too late.
    answers = {one.id: [each for each in one.mentions if each.label != "Gene"] for one in dev}
    first = dev[0]
    wrong = answers[first.id][0]
    answers[first.id] = [
        Mention(
            wrong.start,
            wrong.end + 4,
            first.text[wrong.start : wrong.end + 4],
            wrong.label,
            confidence=0.75,
        ),
        *answers[first.id][2:],
    ]
    return analyse_errors(Answering(answers), "sample", name="mine", examples=3)


def test_the_report_counts_and_shows_each_mistake(report):
    assert json.loads(json.dumps(report, allow_nan=False)) == report
    assert (report["model"], report["corpus"], report["split"]) == ("mine", "sample", "dev")
    assert (report["mistakes"], report["misses"], report["false_alarms"]) == (2, 2, 1)
    assert report["labels"] == ["Disease", "Chemical"]
    assert report["not_scored"] == ["Gene"]
    assert report["right"] + report["misses"] == report["strict"]["support"]
    assert report["training_mentions"] > 100
    by_kind = {kind["kind"]: kind for kind in report["kinds"]}
    assert (by_kind["boundary"]["mistakes"], by_kind["seen"]["mistakes"]) == (1, 1)
    assert sum(kind["share"] for kind in report["kinds"]) == pytest.approx(1)
    assert by_kind["boundary"]["tags"] == {"seen": 1, "right": 1, "too long": 1}
    labels = report["by_label"]
    assert sum(labels["Disease"].values()) + sum(labels["Chemical"].values()) == 2
    (example,) = by_kind["boundary"]["examples"]
    start = example["predicted"]["start"] - example["context_start"]
    assert example["context"][start:].startswith(example["predicted"]["text"])
    assert example["predicted"]["confidence"] == 0.75
    assert "confidence" not in example["gold"]
    (missed,) = by_kind["seen"]["examples"]
    assert missed["predicted"] is None


def test_gains_add_up_to_perfection_when_there_is_one_kind(sample):
    report = analyse_errors(Answering({}), "sample")
    assert report["strict"]["f1"] == 0
    assert report["mistakes"] == report["misses"] == report["strict"]["support"]
    only_left = [kind for kind in report["kinds"] if kind["mistakes"]]
    assert all(kind["f1_gain"] > 0 for kind in only_left)


def test_examples_are_spread_over_the_split(sample):
    def seen(n):
        report = analyse_errors(Answering({}), "sample", examples=n)
        kind = max(report["kinds"], key=lambda kind: kind["mistakes"])
        return kind["mistakes"], [example["document"] for example in kind["examples"]]

    assert seen(0)[1] == []
    n_mistakes, documents = seen(4)
    assert len(set(documents)) == 4
    assert len(seen(10_000)[1]) == n_mistakes


def test_a_dev_split_that_is_not_published_is_what_training_parts_from_train(tmp_path, monkeypatch):
    home = tmp_path / "mine"
    home.mkdir()
    lines = [json.dumps({"id": f"PMID:{n}", "text": f"Gout {n}."}) for n in range(20)]
    (home / "train.jsonl").write_text("\n".join(lines) + "\n")
    monkeypatch.setenv("BIOWEAVE_CORPORA", str(tmp_path))
    first, second = (hold_out("mine", "dev", {"seed": seed}) for seed in (1, 2))
    assert (first.carved_with, len(first.documents), len(first.training)) == (1, 2, 18)
    assert not set(first.documents) & set(first.training)
    assert first.documents != second.documents
    assert hold_out("mine", "dev", {}).carved_with == 13
    with pytest.raises(CorpusError, match="no test split"):
        hold_out("mine", "test", {})


@pytest.mark.parametrize(
    ("entry", "is_carved", "expected"),
    [
        ({"trained_on": ["train"]}, False, False),
        ({"trained_on": ["train", "dev"]}, False, True),
        ({"trained_on": ["train"], "documents": {"train": 9, "dev": 1}}, True, False),
        ({"trained_on": ["train"], "documents": {"train": 10, "dev": 0}}, True, True),
        ({}, True, False),
    ],
)
def test_whether_a_dev_split_was_learned_from(entry, is_carved, expected):
    provenance = {"corpora": {"mine": entry}}
    assert saw(provenance, "mine", "dev", is_carved=is_carved) is expected
    assert saw({}, "mine", "dev", is_carved=is_carved) is None


def test_a_split_that_was_learned_from_is_warned_of(report):
    assert report["saw_split"] is None
    assert "learned from these" not in errors_page(report)
    assert "learned from these" in errors_page({**report, "saw_split": True})


def test_too_few_documents_to_part_from_are_refused(tmp_path, monkeypatch):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "train.jsonl").write_text('{"id": "a", "text": "Gout."}\n')
    monkeypatch.setenv("BIOWEAVE_CORPORA", str(tmp_path))
    with pytest.raises(CorpusError, match="too few documents"):
        hold_out("mine", "dev", {})


class Reader(HTMLParser):
    """Tags in order, whether they nest, and all text."""

    def __init__(self):
        super().__init__()
        self.stack, self.tags, self.text = [], [], ""

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        if tag not in ("meta",):
            self.stack.append(tag)

    def handle_endtag(self, tag):
        assert self.stack.pop() == tag

    def handle_data(self, data):
        self.text += data


def read(page):
    reader = Reader()
    reader.feed(page)
    assert reader.stack == []
    return reader


def test_the_page_shows_counts_and_examples_and_needs_nothing_else(report):
    page = errors_page(report)
    reader = read(page)
    assert "mine on sample dev: mistakes" in reader.text
    assert "boundary: 1" in reader.text
    assert "prefers-color-scheme: dark" in page
    assert not {"script", "link", "img"} & {tag for tag, _ in reader.tags}
    assert not any("src" in attributes for _, attributes in reader.tags)
    links = [attributes["href"] for tag, attributes in reader.tags if tag == "a"]
    ids = {attributes.get("id") for _, attributes in reader.tags}
    assert links and all(link.removeprefix("#") in ids for link in links)
    shaded = [attributes["class"] for tag, attributes in reader.tags if tag == "span"]
    assert "gold found" in shaded


def test_what_comes_from_outside_is_escaped(report):
    nasty = "<b>&\"'"
    kind = next(kind for kind in report["kinds"] if kind["kind"] == "boundary")
    (example,) = kind["examples"]
    mention = {"start": 2, "end": 4, "text": nasty, "label": nasty}
    changed = {
        **example,
        "document": nasty,
        "tags": [nasty],
        "gold": mention,
        "predicted": None,
        "context": nasty,
        "context_start": 0,
    }
    page = errors_page(
        {**report, "model": nasty, "kinds": [{**kind, "examples": [changed], "tags": {nasty: 1}}]}
    )
    assert "<b>" not in page
    assert read(page).text.count(nasty) >= 6


def test_a_model_without_mistakes_has_a_page_too(sample):
    dev = load("sample", "dev")
    right = {one.id: [each for each in one.mentions if each.label != "Gene"] for one in dev}
    report = analyse_errors(Answering(right), "sample")
    assert (report["mistakes"], report["strict"]["f1"]) == (0, 1)
    assert "article" not in {tag for tag, _ in read(errors_page(report)).tags}


def test_gold_does_not_reach_the_model(sample):
    shown = []

    class Watching(Answering):
        def score(self, documents):
            for document in documents:
                shown.append(document)
                yield from super().score([document])

    analyse_errors(Watching({}), "sample")
    assert len(shown) == 10
    assert not any(document.mentions for document in shown)
    assert isinstance(shown[0], Document)
