"""The card says what the manifest holds, and what it lacks."""

import json
import re

import pytest

from bioweave.bundle import HeadManifest, Manifest
from bioweave.errors import ConfigurationError
from bioweave.experiments import model_card, with_figures
from bioweave.experiments.card_figures import over_seeds
from bioweave.experiments.markdown import fold, table
from bioweave.scoring import MistakeKind


def score(value, support=40):
    return {"precision": value + 0.01, "recall": value - 0.01, "f1": value, "support": support}


def evaluation(corpus="bc5cdr", split="test", f1=0.85, labels=("Disease", "Chemical"), **more):
    by_label = {label: score(f1 + 0.02 * place, 10) for place, label in enumerate(labels)}
    return {
        "model": "/somewhere/only/here",
        "corpus": corpus,
        "split": split,
        "trained_on": True,
        "trained_splits": ["train", "dev"],
        "trained_labels": ["Disease"],
        "taught_labels": ["Chemical"],
        "saw_split": False,
        "documents": 12,
        "not_scored": [],
        "mentions": {
            "strict": {**score(f1), "labels": by_label},
            "relaxed": {**score(0.95), "labels": {label: score(0.96) for label in labels}},
            **more.pop("rules", {}),
        },
        "tokens": {
            "scheme": "BIO",
            **{name: score(0.625) for name in ("B", "I", "O", "macro", "weighted")},
            "accuracy": 0.9844,
            "roc_auc": {"B": 0.9971, "I": None, "O": 0.9962, "macro": 0.9966},
        },
        "confidence_interval": {"strict_f1": [0.8123, 0.8877], "resamples": 1000},
        "calibration": {"expected_error": 0.0312},
        "words": 2000,
        "seconds": 0.5,
        **more,
    }


SPEED = {
    "model": "/somewhere/only/here",
    "threads": 2,
    "documents": 100,
    "words": 26_000,
    "words_per_second": 12_345.6,
    "documents_per_second": 47.4,
    "milliseconds_per_document": {"median": 20.5, "p95": 31.25},
    "load_seconds": 0.6,
    "peak_memory_mb": 512.0,
    "baseline": {"name": "a pipeline", "words_per_second": 617.0},
    "ratio": 20.0,
}
KIND = {
    "mistakes": 7,
    "misses": 5,
    "false_alarms": 6,
    "share": 0.7,
    "f1_gain": 0.0325,
    "bearing": 9,
    "tags": {"left": 7},
    "labels": {"Disease": 7},
    "meaning": "an edge",
    "examples": [{"context": "words of a corpus that must not leave it"}],
}
NONE = {**KIND, "mistakes": 0, "misses": 0, "false_alarms": 0, "share": 0.0, "f1_gain": 0.0}
ERRORS = {
    "model": "/somewhere/only/here",
    "corpus": "bc5cdr",
    "split": "dev",
    "long_words": 5,
    "mistakes": 7,
    "misses": 5,
    "false_alarms": 6,
    "right": 90,
    "kinds": [
        {"kind": kind.value, **(KIND if kind is MistakeKind.BOUNDARY else NONE)}
        for kind in MistakeKind
    ],
}


def manifest(**fields):
    heads = (
        HeadManifest(name="d", labels=("Disease",)),
        HeadManifest(name="c", labels=("Chemical",)),
    )
    return Manifest(name="mine", bioweave_version="1.2.3", heads=heads, **fields)


def rows(card, heading):
    """The cells of the first table below a heading."""
    below = card.partition(f"{heading}\n")[2]
    lines = re.search(r"(?:^\|.*\n)+", below, re.M)[0].splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_an_empty_manifest_gives_a_card_of_what_is_not_known():
    card = model_card(manifest())
    assert card.startswith("# Model card: mine\n")
    for said in (
        "How good it is on a test split was not measured.",
        "How much figures vary with the seed was not measured.",
        "Its speed was not measured.",
        "What goes wrong was not counted.",
        "The manifest does not say.",
        "What was left out when corpora were merged is not told.",
        "teachers: none is named",
        "The manifest names none.",
        "On corpora that it never learned from it was not measured.",
    ):
        assert said in card
    assert not re.search(r"\d\.\d+ to \d", card)


def test_figures_stand_with_their_interval_per_label_and_beside_those_of_fp32():
    scores = with_figures({}, [evaluation()], fp32=[evaluation(f1=0.853)])
    found = rows(model_card(manifest(scores=scores)), "## Figures")
    assert found[0] == [
        *("bc5cdr test", "all", "", "85.00", "81.2 to 88.8", "86.00", "84.00", "95.00"),
        *("85.30", "40"),
    ]
    assert found[1][:4] == ["bc5cdr test", "Disease", "train+dev", "85.00"]
    assert found[2][:4] == ["bc5cdr test", "Chemical", "a teacher did", "87.00"]
    assert found[2][-2:] == ["87.30", "10"]


def test_alternatives_are_a_column_where_a_corpus_has_them():
    own = {"alternatives": {**score(0.91), "labels": {"Gene": score(0.91)}}}
    one = evaluation("bc2gm", labels=("Gene",), rules=own, trained_on=None)
    (row,) = rows(model_card(manifest(scores=with_figures({}, [one]))), "## Figures")
    assert row[:3] == ["bc2gm test", "Gene", "unknown"]
    assert "91.00" in row
    card = model_card(manifest(scores=with_figures({}, [evaluation()])))
    assert "own rule F1" not in card
    assert "What 8-bit weights cost on these splits was not measured." in card


def test_all_corpora_of_an_evaluation_are_taken_and_newer_figures_replace_older():
    unseen = evaluation("s800", labels=("Species",), trained_on=False, trained_labels=[])
    unseen["taught_labels"] = []
    scores = with_figures({}, [{"results": [evaluation(f1=0.5), unseen], "skipped": []}])
    scores = with_figures(scores, [evaluation(f1=0.75), evaluation(split="dev", saw_split=True)])
    places = [(one["corpus"], one["split"]) for one in scores["evaluations"]]
    assert places == [("bc5cdr", "test"), ("s800", "test"), ("bc5cdr", "dev")]
    card = model_card(manifest(scores=scores))
    found = rows(card, "## Figures")
    assert found[0][3] == "75.00"
    assert [row[2] for row in found if row[0] == "s800 test"] == ["unseen"]
    assert "never learned from (s800)" in card
    assert "figures say nothing of new texts: bc5cdr dev" in card
    assert "off by 0.03 to 0.03" in card


def test_seeds_give_a_mean_and_the_deviation_of_a_sample():
    runs = [[evaluation(f1=value)] for value in (0.84, 0.86, 0.88)]
    whole, disease, _ = over_seeds(runs)
    assert (whole["label"], whole["mean"]) == (None, pytest.approx(0.86))
    assert whole["deviation"] == pytest.approx(0.02)
    assert disease["values"] == [0.84, 0.86, 0.88]
    scores = with_figures({}, seeds=[one[0] for one in runs])
    found = rows(model_card(manifest(scores=scores)), "### Over seeds")
    assert found[0] == ["bc5cdr test", "all", "86.00", "2.00", "84.00, 86.00, 88.00"]


def test_what_not_every_run_has_is_not_compared_and_one_run_has_no_deviation():
    both = [evaluation(), evaluation("ncbi-disease", labels=("Disease",))]
    assert [one["corpus"] for one in over_seeds([both, both[1:]])] == ["ncbi-disease"]
    assert over_seeds([both])[0]["deviation"] is None


def test_speed_is_shown_with_the_baseline():
    card = model_card(manifest(scores=with_figures({}, [SPEED])))
    found = dict(rows(card, "### Speed"))
    assert found["words a second, text to mentions"] == "12,346"
    assert found["peak memory"] == "512 MB"
    assert (found["a pipeline, words a second"], found["times as fast"]) == ("617", "20.0")
    bare = {name: value for name, value in SPEED.items() if name not in ("baseline", "ratio")}
    card = model_card(manifest(scores=with_figures({}, [{**bare, "peak_memory_mb": None}])))
    assert "peak memory" not in card and "times as fast" not in card


def test_failures_are_counted_by_kind_and_no_text_of_a_corpus_is_kept():
    scores = with_figures({}, [ERRORS])
    assert "must not leave" not in json.dumps(scores)
    card = model_card(manifest(scores=scores))
    ((kind, count, illustration),) = rows(card, "## Known failures")
    assert (kind, count) == ("boundary", "7 (+3.25)")
    assert "velmar" in illustration


def concepts(*lexicon):
    documents = {**score(0.75), "labels": {"Disease": score(0.7512)}}
    gold = {"accuracy": 0.8, "support": 9}
    return {
        "gold_mentions": {**gold, "labels": {"Disease": {**gold, "accuracy": 0.8421}}},
        "documents": documents,
        "lexicon": list(lexicon),
        "not_scored": [],
    }


LINKING = {
    "corpora": {"tiny": {"splits": ["train", "dev"]}},
    "mentions": {"Disease": 1234},
    "lexicon": [{"name": "names", "version": "7"}],
}


def test_links_are_told_with_and_without_a_lexicon():
    figures = [evaluation(concepts=concepts(*lexicon)) for lexicon in ((), ("names 7",), ())]
    scores = with_figures({}, figures)
    assert "evaluations" not in scores  # mentions may differ with a lexicon
    card = model_card(manifest(provenance={"linking": LINKING}, scores=scores))
    assert "tiny train+dev (1,234 of Disease)" in card.replace("\n", " ")
    assert "learned with names 7." in card.replace("\n", " ")
    assert rows(card, "## Concepts") == [
        ["bc5cdr test", "Disease", "none", "84.21", "76.12", "74.12", "75.12"],
        ["bc5cdr test", "Disease", "names 7", "84.21", "76.12", "74.12", "75.12"],
    ]


def test_a_linker_without_figures_says_so_and_a_bundle_without_one_says_nothing():
    card = model_card(manifest(provenance={"linking": {**LINKING, "lexicon": []}}))
    assert "How well it links was not measured." in card
    assert "was not learned." in card.replace("\n", " ")
    assert "## Concepts" not in model_card(manifest())


def test_the_paths_of_one_machine_are_not_kept():
    scores = with_figures({}, [evaluation(), SPEED, ERRORS], seeds=[evaluation()])
    assert "somewhere" not in json.dumps(scores)


@pytest.mark.parametrize("figures", [{}, {"accuracy": 1}, {"results": [{"corpus": "x"}]}])
def test_other_objects_are_refused(figures):
    with pytest.raises(ConfigurationError, match="no figures that a card shows"):
        with_figures({}, [figures])


def test_what_export_measured_is_shown_as_it_was_kept():
    scores = {"dev": {"fp32": {"strict_f1": 0.861}, "int8": {"strict_f1": 0.859}}, "note": "x"}
    card = model_card(manifest(scores=scores))
    assert rows(card, "### Measured when it was exported: dev") == [["strict_f1", "86.10", "85.90"]]


PROVENANCE = {
    "encoder": "small",
    "seed": 5,
    "corpora": {
        "bc5cdr": {
            "trained_on": ["train", "dev"],
            "labels": ["Disease", "Chemical"],
            "documents": {"train": 1000, "dev": 0},
            "not_in_tags": {"misaligned": 9, "shadowed": 1},
            "sha256": {"bc5cdr/a.txt": "abc"},
        },
        "mine": {"trained_on": ["train"], "labels": ["Gene"]},
    },
    "dropped": [
        {
            "corpus": "mine",
            "split": "train",
            "n": 1200,
            "reason": "same id",
            "other": "bc5cdr test",
            "documents": ["PMID:1"],
        },
        {"corpus": "mine", "n": 34},
    ],
    "teachers": [
        {
            "name": "large",
            "encoder": "big",
            "seed": 1,
            "corpora": {"chemprot": {"trained_on": ["train"], "labels": ["Chemical"]}},
            "dropped": [],
        },
        {"name": "larger", "seed": 2},
    ],
    "distillation": {"temperature": 2.0, "sentences": 200_000, "seeds": list(range(20))},
    "packages": {"python": "3.11", "torch": "2.8"},
}


def test_data_are_listed_with_licence_splits_labels_and_what_was_dropped():
    card = model_card(manifest(provenance=PROVENANCE, licences={"corpus mine": "CC0"}))
    found = rows(card, "## What it learned from")
    assert found[0] == [
        *("bc5cdr", "US public domain", "train+dev", "Disease, Chemical"),
        *("1,000", "0", "10"),
    ]
    assert found[1][:4] == ["mine", "CC0", "train", "Gene"]
    assert "Of bc5cdr it learned from dev, too" in card
    assert "No test split was learned from." in card
    assert "1,234 documents were left out" in card
    below = card.partition("documents were left out")[2]
    dropped = rows("\n" + below, "")
    assert dropped == [
        ["mine train", "1,200", "same id", "bc5cdr test"],
        ["mine", "34", "?", ""],
    ]
    assert "PMID:1" not in card and "abc" not in card


def test_teachers_and_distillation_are_told_whatever_is_known_of_them():
    card = model_card(manifest(provenance=PROVENANCE))
    assert "- teacher 1: name large, encoder big, seed 1\n" in card
    assert "- teacher 2: name larger, seed 2\n" in card
    assert "- distillation: temperature 2, sentences 200000, seeds 20 entries\n" in card
    assert rows(card, "### Teacher large")[0][:3] == ["chemprot", "US public domain", "train"]
    assert "No document had to be left out" in card
    assert "- versions: python 3.11, torch 2.8" in card


def test_teachers_of_a_distillation_of_whom_only_the_weights_are_known():
    distillation = {"teachers": {"first": "abcd"}, "temperature": 2.0}
    card = model_card(manifest(provenance={"corpora": {}, "distillation": distillation}))
    assert "- distillation: temperature 2\n" in card
    assert "- teacher 1: name first, weights abcd" in card
    assert "### Teacher first\n\nThe manifest does not say." in card


def test_a_test_split_that_was_learned_from_is_not_denied():
    corpora = {"mine": {"trained_on": ["train", "test"], "labels": ["Gene"]}}
    card = model_card(manifest(provenance={"corpora": corpora}))
    assert "No test split was learned from." not in card
    assert "train+test" in card


def test_columns_that_are_empty_everywhere_are_left_out_and_bars_are_escaped():
    shown = table(("a", "b", "c"), [("x|y", "", "1\n2"), ("z", "", "")])
    assert shown.splitlines() == ["| a | c |", "| --- | --: |", "| x\\|y | 1 2 |", "| z |  |"]


def test_paragraphs_are_folded_without_breaking_words():
    folded = fold("word " * 50)
    assert max(map(len, folded.splitlines())) <= 100
    assert folded.split() == ["word"] * 50
