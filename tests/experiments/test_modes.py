"""Thresholds chosen on spans whose truth is known, and on a corpus with a tiny tagger."""

import itertools
import json
from pathlib import Path

import numpy as np
import pytest
from tiny_tagger import write_tiny_bundle

from bioweave.annotator import Annotator
from bioweave.bundle import Bundle, read_manifest
from bioweave.document import Document, Mention
from bioweave.errors import ConfigurationError
from bioweave.experiments import choose_modes, mode_spans, plot_modes, thresholds_toml
from bioweave.experiments.mode_choice import (
    COST,
    GAIN,
    GRID,
    Curves,
    choose_balanced,
    choose_for,
)
from bioweave.experiments.mode_plot import curves
from bioweave.experiments.mode_spans import JudgedSpans, judge, tag_corpus
from bioweave.experiments.splits import HeldOut
from bioweave.scoring import Counts
from bioweave.training.recipe_file import load_recipe

SAMPLE = Path(__file__).parents[1] / "data" / "corpora"


def invented_spans(corpus: str, seed: int, *, labels=("Disease", "Chemical"), n=3000):
    """Spans that are right as often as their confidence says, known ones more often."""
    random = np.random.default_rng(seed)
    label = random.integers(0, len(labels), size=n)
    confidence = random.beta(1.2, 0.6, size=n)
    is_known = random.random(n) < 0.3
    is_right = random.random(n) < confidence ** np.where(is_known, 0.4, 1.3)
    missed = random.integers(10, 40, size=len(labels))
    return JudgedSpans(
        corpus=corpus,
        labels=tuple(labels),
        n_gold=np.bincount(label[is_right], minlength=len(labels)) + missed,
        label=label,
        confidence=confidence,
        is_found=confidence + random.normal(scale=0.1, size=n) > 0.4,
        is_known=is_known,
        is_right=is_right,
    )


def scored(spans, setting, *, with_others, always=None):
    """Scores counted mention by mention."""
    hits = taken = 0
    for label, confidence, found, known, right in zip(
        spans.label, spans.confidence, spans.is_found, spans.is_known, spans.is_right, strict=True
    ):
        knob = (spans.labels[label], bool(known))
        stays = found and always is not None and confidence >= always[knob]
        if stays or ((found or with_others) and confidence >= setting[knob]):
            taken += 1
            hits += bool(right)
    return Counts(hits, taken - hits, int(spans.n_gold.sum()) - hits).score()


def test_curves_count_what_counting_one_by_one_does():
    spans = invented_spans("a", 1, n=400)
    random = np.random.default_rng(2)
    always = dict.fromkeys(itertools.product(spans.labels, (False, True)), 0.5)
    for with_others in (False, True):
        own = Curves.of([spans], with_others=with_others, always=always if with_others else {})
        for _ in range(5):
            setting = {knob: GRID[random.integers(len(GRID))] for knob in own.knobs}
            expected = scored(
                spans, setting, with_others=with_others, always=always if with_others else None
            )
            assert own.scores(own.places(setting))["a"] == expected


def test_balanced_has_no_worse_f1_than_the_tagger_alone():
    spans = [invented_spans("a", 3), invented_spans("b", 4, labels=("Disease",))]
    setting = choose_balanced(spans)
    assert all(threshold <= 0.5 for threshold in setting.values())
    nothing = dict.fromkeys(setting, 0.0)
    chosen, alone = (
        np.mean([scored(one, own, with_others=False).f1 for one in spans])
        for own in (setting, nothing)
    )
    assert chosen >= alone


@pytest.mark.parametrize("mode", ["precision", "recall"])
def test_precision_and_recall_gain_what_they_aim_at_as_cheaply_as_can_be(mode):
    spans = [invented_spans("a", 5, labels=("Disease",)), invented_spans("b", 6)]
    for one in spans:
        one.is_known[:] = False
    balanced = choose_balanced(spans)
    was = {one.corpus: scored(one, balanced | _known(balanced), with_others=False) for one in spans}
    setting = choose_for(mode, spans, was, always=balanced)
    is_recall = mode == "recall"

    def costs(setting):
        total = 0.0
        for one in spans:
            score = scored(
                one,
                setting | _known(setting),
                with_others=is_recall,
                always=balanced | _known(balanced) if is_recall else None,
            )
            gain = getattr(score, mode) - getattr(was[one.corpus], mode)
            cost = was[one.corpus].f1 - score.f1
            if gain < GAIN or cost > COST:
                return None
            total += cost
        return total

    reached = costs(setting)
    assert reached is not None
    # No neighbouring setting reaches the aim for less.
    for knob, step in itertools.product(setting, (-2, -1, 1, 2)):
        place = GRID.index(setting[knob]) + step
        if 0 <= place < len(GRID):
            other = costs({**setting, knob: GRID[place]})
            assert other is None or other >= reached - 1e-12


def _known(setting):
    return {(label, True): value for (label, _), value in setting.items()}


def test_curves_of_a_picture_fall_from_the_surest_span():
    spans = invented_spans("a", 7, n=200)
    drawn = list(curves([spans]))
    assert [(one.corpus, one.label) for one in drawn] == [("a", "Disease"), ("a", "Chemical")]
    for one in drawn:
        assert (np.diff(one.recall) >= 0).all()
        assert one.recall[-1] < 1
        hits = one.precision * np.arange(1, len(one.precision) + 1)
        assert hits == pytest.approx(np.round(hits))


def test_thresholds_are_written_as_a_recipe_reads_them(tmp_path):
    recipe = tmp_path / "recipe.toml"
    toml = thresholds_toml(
        {"balanced": {"Disease": 0.5, "Cell line": 0.0}, "recall": {"Disease": 0.18}},
        {"recall": {"Disease": {"known": 0.05, "unknown": 0.2}}},
    )
    recipe.write_text(
        'name = "x"\nlabels = ["Disease", "Cell line"]\ncorpora = [{name = "bc5cdr"}]\n\n' + toml
    )
    read = load_recipe(recipe)
    assert read.thresholds["balanced"] == {"Disease": 0.5, "Cell line": 0.0}
    assert read.lexicon_thresholds["recall"]["Disease"].known == 0.05


@pytest.fixture(scope="module")
def bundle(tmp_path_factory):
    return write_tiny_bundle(tmp_path_factory.mktemp("bundles") / "tiny")


@pytest.fixture
def sample(monkeypatch):
    monkeypatch.setenv("BIOWEAVE_CORPORA", str(SAMPLE))


def test_spans_are_judged_as_the_annotator_finds_them(bundle, sample):
    annotator = Annotator(Bundle.load(bundle), mode="recall")
    tagged = tag_corpus(annotator, "sample")
    spans = judge(tagged, annotator.selection)
    assert tagged.saw_dev is None
    gold = sum(one.label in spans.labels for document in tagged.gold for one in document.mentions)
    assert spans.n_gold.sum() == gold
    least = annotator.thresholds
    asked = np.array([least[label] for label in spans.labels])[spans.label]
    n_expected = ((spans.confidence >= asked) | spans.is_found).sum()
    n_predicted = sum(
        one.label in spans.labels
        for document in tagged.predicted(annotator.selection)
        for one in document.mentions
    )
    assert n_predicted == n_expected


def test_right_spans_are_those_of_gold(bundle, sample, monkeypatch):
    annotator = Annotator(Bundle.load(bundle), mode="recall")
    documents = mode_spans.hold_out("sample", "dev", {}).documents
    found = [annotator(Document(one.id, one.text, passages=one.passages)) for one in documents]

    def held_out(corpus, split, provenance):
        gold = tuple(
            one.with_mentions(Mention(m.start, m.end, m.text, m.label) for m in guess.mentions)
            for one, guess in zip(documents, found, strict=True)
        )
        return HeldOut(gold, ())

    monkeypatch.setattr(mode_spans, "hold_out", held_out)
    tagged = tag_corpus(annotator, "sample")
    spans = judge(tagged, annotator.selection)
    assert spans.is_right.sum() == spans.n_gold.sum() > 20
    assert spans.is_right[spans.is_found].all()


def test_modes_are_chosen_measured_and_drawn(bundle, sample, tmp_path):
    seen = []
    chosen = choose_modes(
        str(bundle), ["sample"], progress=lambda name: lambda done, n: seen.append((name, done, n))
    )
    report = chosen.report
    assert seen[-1][0] == "sample"
    assert seen[-1][1] == seen[-1][2] == report["corpora"]["sample"]["documents"]
    assert set(report["thresholds"]) == {"precision", "balanced", "recall"}
    modes = report["corpora"]["sample"]["modes"]
    assert modes["precision"]["precision"] >= modes["balanced"]["precision"]
    assert modes["recall"]["recall"] >= modes["balanced"]["recall"]
    assert {rule["name"] for rule in report["rules"]} >= {"brackets", "outcomes"}
    brackets = report["rules"][0]["effects"]["balanced"]["sample"]
    assert brackets["changed"] > 0
    json.dumps(report, allow_nan=False)
    plot_modes(report, chosen.spans, tmp_path / "curve.png")
    assert (tmp_path / "curve.png").read_bytes().startswith(b"\x89PNG")
    manifest = chosen.manifest(read_manifest(bundle))
    assert manifest.thresholds["recall"] == chosen.thresholds["recall"]
    assert manifest.provenance["modes"]["corpora"] == ["sample"]


def test_without_a_corpus_nothing_is_chosen(bundle):
    with pytest.raises(ConfigurationError, match="name one with --corpus"):
        choose_modes(str(bundle), [])
