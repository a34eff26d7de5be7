"""The shape and the sense of `evaluate --json`, with models whose answers are known."""

import json
import os
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from bioweave.corpus import info, load
from bioweave.document import Document, Mention, TagSet
from bioweave.errors import ConfigurationError, CorpusError
from bioweave.experiments import evaluate, evaluate_all, measure, measurement, open_model
from bioweave.scoring import TokenScores
from bioweave.text import segment, word_spans

CORPORA = os.environ.get("BIOWEAVE_CORPORA")
needs_corpora = pytest.mark.skipif(not CORPORA, reason="BIOWEAVE_CORPORA is not set")

SCORE = {"precision", "recall", "f1", "support"}
CONFIDENCE = 0.9


class Recorder:
    """Answers with the mentions it was made with, and remembers what it was shown."""

    def __init__(self, answers, labels=("Disease", "Chemical")):
        self.labels = labels
        self.seen = []
        self._answers = {document.id: document.mentions for document in answers}

    def score(self, documents):
        for document in documents:
            self.seen.append(document)
            answer = document.with_mentions(
                replace(mention, confidence=CONFIDENCE) for mention in self._answers[document.id]
            )
            words = tuple(
                word
                for sentence in segment(document.text, document.passages)
                for word in sentence.words
            )
            scores = {label: self._probabilities(answer, words, label) for label in self.labels}
            yield answer, TokenScores(words, scores)

    @staticmethod
    def _probabilities(document, words, label):
        own = [mention for mention in document.mentions if mention.label == label]
        tags = TagSet((label,)).encode(word_spans(own, words)[0], len(words))
        sure = {1: (0.8, 0.1, 0.1), 2: (0.1, 0.8, 0.1), 0: (0.05, 0.05, 0.9)}
        return np.array([sure[tag] for tag in tags], dtype=np.float32).reshape(-1, 3)


def document(number, text, *mentions, **metadata):
    found = []
    for covered, label in mentions:
        start = text.index(covered)
        found.append(Mention(start, start + len(covered), covered, label))
    return Document(f"d{number}", text, tuple(found), metadata=metadata).checked()


GOLD = [
    document(0, "Zinc eased severe rickets.", ("Zinc", "Chemical"), ("severe rickets", "Disease")),
    document(1, "Copper did not.", ("Copper", "Chemical")),
    document(2, "Gout came back.", ("Gout", "Disease")),
]
GUESS = [
    document(0, "Zinc eased severe rickets.", ("Zinc", "Chemical"), ("rickets", "Disease")),
    document(1, "Copper did not.", ("Copper", "Disease")),
    document(2, "Gout came back.", ("Gout", "Disease")),
]


@pytest.fixture
def corpus_of(monkeypatch):
    def put(documents):
        monkeypatch.setattr(measurement, "load", lambda corpus, split: list(documents))
        return "bc5cdr"

    return put


def test_result_has_the_promised_shape_and_is_plain_json(corpus_of):
    result = evaluate(Recorder(GUESS), corpus_of(GOLD), name="mine")
    assert json.loads(json.dumps(result, allow_nan=False)) == result
    assert (result["model"], result["corpus"], result["split"]) == ("mine", "bc5cdr", "test")
    assert (result["documents"], result["words"]) == (3, 13)
    assert result["seconds"] > 0
    assert set(result["mentions"]) == {"strict", "relaxed"}
    for rule in result["mentions"].values():
        assert set(rule) == {*SCORE, "labels"}
        assert set(rule["labels"]) == {"Disease", "Chemical"}
        assert all(set(score) == SCORE for score in rule["labels"].values())
    tokens = result["tokens"]
    assert tokens["scheme"] == "BIO"
    assert all(set(tokens[name]) == SCORE for name in ("B", "I", "O", "macro", "weighted"))
    assert set(tokens["roc_auc"]) == {"B", "I", "O", "macro"}
    low, high = result["confidence_interval"]["strict_f1"]
    assert 0 <= low <= result["mentions"]["strict"]["f1"] <= high <= 1
    assert result["confidence_interval"]["resamples"] == 1000
    assert result["not_scored"] == []


def test_result_counts_what_was_found(corpus_of):
    result = evaluate(Recorder(GUESS), corpus_of(GOLD))
    strict, relaxed = result["mentions"]["strict"], result["mentions"]["relaxed"]
    # Right: Zinc and Gout. Wrong: rickets is too short, Copper has the wrong label.
    assert strict["precision"] == strict["recall"] == 0.5
    assert strict["support"] == 4
    assert strict["labels"]["Chemical"]["recall"] == 0.5
    assert strict["labels"]["Disease"]["precision"] == pytest.approx(1 / 3)
    assert relaxed["f1"] == 0.75
    # "severe" is missed and "rickets" is B where gold has I; Copper is B of the wrong label.
    assert result["tokens"]["accuracy"] == pytest.approx(10 / 13)
    assert result["tokens"]["B"]["support"] == 4
    assert result["tokens"]["I"] == {"precision": 0, "recall": 0, "f1": 0, "support": 1}
    assert result["tokens"]["O"]["support"] == 8
    # Half of the four mentions are right, each with a confidence of 0.9.
    assert result["calibration"]["expected_error"] == pytest.approx(CONFIDENCE - 0.5)


def test_gold_never_reaches_the_model(corpus_of):
    marked = [replace(one, metadata={"alternatives": [[0, 4]]}) for one in GOLD]
    model = Recorder(GUESS)
    evaluate(model, corpus_of(marked))
    assert [one.text for one in model.seen] == [one.text for one in GOLD]
    assert not any(one.mentions or one.metadata for one in model.seen)


def test_alternatives_are_reported_where_the_corpus_has_them(corpus_of):
    text = "Severe rickets healed."
    gold = [document(0, text, ("rickets", "Disease"), alternatives=[[0, 14]])]
    guess = [document(0, text, ("Severe rickets", "Disease"))]
    mentions = evaluate(Recorder(guess), corpus_of(gold))["mentions"]
    assert mentions["strict"]["f1"] == 0
    own_rule = mentions["alternatives"]
    assert own_rule["f1"] == own_rule["labels"]["Disease"]["f1"] == 1


def test_only_labels_that_both_have_are_scored(corpus_of):
    result = evaluate(Recorder(GUESS, ("Chemical", "Gene")), corpus_of(GOLD))
    assert set(result["mentions"]["strict"]["labels"]) == {"Chemical"}
    assert result["mentions"]["strict"]["support"] == result["tokens"]["B"]["support"] == 2
    assert result["mentions"]["strict"]["precision"] == 1
    assert result["not_scored"] == ["Disease"]


def test_a_model_without_the_corpus_labels_is_refused():
    with pytest.raises(ConfigurationError, match=r"bc5cdr annotates .*the model finds Species"):
        evaluate(Recorder([], ("Species",)), "bc5cdr")


def test_a_split_without_documents_is_refused(corpus_of):
    with pytest.raises(CorpusError, match="no documents"):
        evaluate(Recorder([]), corpus_of([]))


def test_nested_mentions_of_one_label_count_apart_and_the_longest_names_the_words(corpus_of):
    text = "Ovarian cancer syndrome"
    gold = [document(0, text, (text, "Disease"), ("Ovarian cancer", "Disease"))]
    model = Recorder([document(0, text, (text, "Disease"))])
    name = corpus_of(gold)
    assert measure(model, name).gold_tags[:, 0].tolist() == [1, 2, 2]
    result = evaluate(model, name)
    assert result["mentions"]["strict"]["recall"] == 0.5
    assert result["tokens"]["accuracy"] == 1


def test_a_document_without_words_is_no_obstacle(corpus_of):
    empty = Document("empty", " ")
    result = evaluate(Recorder([*GOLD, empty]), corpus_of([*GOLD, empty]))
    assert (result["documents"], result["mentions"]["strict"]["f1"]) == (4, 1)


def test_without_predictions_there_is_no_calibration(corpus_of):
    silent = Recorder([replace(one, mentions=()) for one in GOLD])
    result = evaluate(silent, corpus_of(GOLD))
    assert result["calibration"]["expected_error"] is None
    assert result["mentions"]["strict"]["f1"] == 0


def test_progress_counts_documents(corpus_of):
    seen = []
    evaluate(Recorder(GUESS), corpus_of(GOLD), progress=lambda *step: seen.append(step))
    assert seen == [(1, 3), (2, 3), (3, 3)]


def test_all_skips_what_cannot_be_scored_and_says_why(monkeypatch):
    def only_bc5cdr(corpus, split):
        if corpus != "bc5cdr":
            raise CorpusError(f"{corpus} is not there")
        return list(GOLD)

    monkeypatch.setattr(measurement, "load", only_bc5cdr)
    results = evaluate_all(Recorder(GUESS, ("Chemical",)), "dev", name="mine")
    assert [result["corpus"] for result in results["results"]] == ["bc5cdr"]
    reasons = {one["corpus"]: one["reason"] for one in results["skipped"]}
    assert "nothing to score" in reasons["ncbi-disease"]
    assert json.loads(json.dumps(results, allow_nan=False)) == results


def test_all_without_any_corpus_is_an_error(monkeypatch):
    monkeypatch.delenv("BIOWEAVE_CORPORA", raising=False)
    with pytest.raises(CorpusError, match="BIOWEAVE_CORPORA is not set"):
        evaluate_all(Recorder([]))


def with_provenance(model, provenance):
    """As an annotator has it: in the manifest of its bundle."""
    model.bundle = SimpleNamespace(manifest=SimpleNamespace(provenance=provenance))
    return model


LEARNED = {
    "corpora": {
        "bc5cdr": {"trained_on": ["train", "dev"], "labels": ["Disease"]},
        "drugprot": {"trained_on": ["train"], "labels": ["Chemical"]},
    },
    "teachers": [
        {"name": "large", "corpora": {"bc5cdr": {"trained_on": ["train"], "labels": ["Chemical"]}}},
    ],
}
WHAT_IS_KNOWN = ("trained_on", "trained_splits", "trained_labels", "taught_labels", "saw_split")


def known(result):
    return tuple(result[name] for name in WHAT_IS_KNOWN)


def test_an_evaluation_says_what_was_learned_from_the_corpus(corpus_of):
    model = with_provenance(Recorder(GUESS), LEARNED)
    name = corpus_of(GOLD)
    assert known(evaluate(model, name)) == (
        True,
        ["train", "dev"],
        ["Disease"],
        ["Chemical"],
        False,
    )
    assert evaluate(model, name, "dev")["saw_split"] is True
    assert known(evaluate(model, "ncbi-disease")) == (False, [], [], [], False)


def test_a_model_that_tells_nothing_is_not_taken_to_have_learned_nothing(corpus_of):
    assert known(evaluate(Recorder(GUESS), corpus_of(GOLD))) == (None,) * 5
    taught = {**LEARNED, "distillation": {"teachers": {"first": "its checksum", "second": LEARNED}}}
    model = with_provenance(Recorder(GUESS), taught)
    assert evaluate(model, "ncbi-disease")["trained_on"] is False
    assert evaluate(model, "ncbi-disease")["taught_labels"] is None
    vague = with_provenance(Recorder(GUESS), {"seed": 1})
    assert known(evaluate(vague, "bc5cdr")) == (None,) * 5


def test_all_measures_unseen_corpora_on_the_split_they_have(monkeypatch):
    asked = []

    def load_any(corpus, split):
        asked.append((corpus, split))
        return list(GOLD)

    monkeypatch.setattr(measurement, "load", load_any)
    model = with_provenance(Recorder(GUESS, ("Disease", "Chemical", "Gene")), LEARNED)
    results = evaluate_all(model)["results"]
    assert ("gnormplus", "train") in asked
    assert ("drugprot", "dev") in asked
    assert ("bc5cdr", "test") in asked and ("bc5cdr", "dev") not in asked
    splits = {one["corpus"]: one["split"] for one in results}
    assert (splits["gnormplus"], splits["drugprot"], splits["jnlpba"]) == ("train", "dev", "test")
    trained = {one["corpus"]: one["trained_on"] for one in results}
    assert trained["drugprot"] and not trained["gnormplus"]


def test_all_has_folders_of_ones_own_too(tmp_path, monkeypatch):
    (tmp_path / "mine").mkdir()
    (tmp_path / "nothing").mkdir()
    line = {"id": "d0", "text": "Gout came.", "mentions": [{"start": 0, "end": 4, "text": "Gout"}]}
    line["mentions"][0]["label"] = "Disease"
    (tmp_path / "mine" / "test.jsonl").write_text(json.dumps(line) + "\n")
    monkeypatch.setenv("BIOWEAVE_CORPORA", str(tmp_path))
    results = evaluate_all(Recorder([document(0, "Gout came.", ("Gout", "Disease"))]))
    assert [one["corpus"] for one in results["results"]] == ["mine"]
    assert "nothing" not in {one["corpus"] for one in results["skipped"]}


@pytest.fixture
def rooms(monkeypatch):
    """Annotator, bundle and training that only say what they were asked for."""
    stand_ins = {
        "annotator": {"Annotator": lambda bundle, **asked: (bundle, asked)},
        "bundle": {"open_bundle": lambda path: ("bundle", path)},
        "training": {"load_run": lambda path: ("run", path)},
    }
    for room, names in stand_ins.items():
        monkeypatch.setitem(sys.modules, f"bioweave.{room}", SimpleNamespace(**names))
    return monkeypatch


@pytest.mark.usefixtures("rooms")
def test_a_folder_with_a_run_record_is_opened_as_a_run(tmp_path):
    (tmp_path / "run.json").write_text("{}")
    wanted = {"mode": "recall", "linker": None, "lexicon": tmp_path / "l", "rules": tmp_path / "r"}
    asked = open_model(
        str(tmp_path), mode="recall", lexicon=wanted["lexicon"], rules=wanted["rules"]
    )
    assert asked == (("run", tmp_path), wanted)


def test_anything_else_is_opened_as_a_bundle_without_the_training_room(rooms, tmp_path):
    rooms.setitem(sys.modules, "bioweave.training", None)  # importing it would fail
    for path in ("default", str(tmp_path)):
        plain = {"mode": "balanced", "linker": None, "lexicon": None, "rules": None}
        assert open_model(path) == (("bundle", path), plain)


@needs_corpora
@pytest.mark.parametrize("name", ["ncbi-disease", "bc5cdr"])
def test_gold_evaluated_as_a_prediction_is_perfect(name):
    gold = load(name, "test", Path(CORPORA))
    result = evaluate(Recorder(gold, info(name).labels), name)
    distinct = {
        (number, mention.start, mention.end, mention.label)
        for number, one in enumerate(gold)
        for mention in one.mentions
    }
    strict = result["mentions"]["strict"]
    assert (strict["f1"], strict["support"]) == (1, len(distinct))
    assert result["tokens"]["accuracy"] == 1
    assert result["tokens"]["roc_auc"] == {"B": 1, "I": 1, "O": 1, "macro": 1}
    assert result["confidence_interval"]["strict_f1"] == [1, 1]
