"""Which model is chosen by dev, which are no candidates, and the words that say so."""

import numpy as np
import pytest

from bioweave.experiments.reporting import choose_best
from bioweave.experiments.reporting.confusion import confusion_json
from bioweave.experiments.reporting.measuring import learned_from_split


def scores(model, counts, *, corpus="sample", labels=("Disease",), learned="no", split="dev"):
    table = np.array(counts)
    hits, wrong, missed = table.sum(axis=0)
    f1 = 2 * hits / (2 * hits + wrong + missed)
    return {
        "model": {"name": model, "path": f"models/{model}"},
        "corpus": corpus,
        "split": split,
        "labels": list(labels),
        "learned_from": learned,
        "documents": [str(number) for number in range(len(counts))],
        "counts": counts,
        "evaluation": {"mentions": {"strict": {"f1": f1}}},
    }


GOOD, FAIR = [[9, 1, 1]] * 40, [[7, 3, 3]] * 40


def test_the_best_by_dev_with_its_lead_and_how_sure_it_is():
    test = scores("b", [[10, 0, 0]] * 40, split="test")
    chosen = choose_best([scores("a", GOOD), scores("b", FAIR), test])
    assert (chosen["model"], chosen["path"]) == ("a", "models/a")
    assert chosen["next"]["difference"] == pytest.approx(0.2)
    assert chosen["next"]["p_value"] < 0.001
    assert chosen["why"] == (
        "a has the best strict F1 on dev of sample: 90.00, 20.00 points above b (paired bootstrap "
        "over all documents: p = 0.0002)."
    )


def test_the_mean_over_corpora_counts():
    own = [
        scores("a", GOOD, corpus="x"),
        scores("a", [[1, 9, 9]] * 10, corpus="y"),
        scores("b", FAIR, corpus="x"),
        scores("b", [[5, 5, 5]] * 10, corpus="y"),
    ]
    chosen = choose_best(own)
    assert chosen["model"] == "b"
    assert chosen["strict_f1"] == pytest.approx({"b": 0.6, "a": 0.5})
    assert "mean over x, y: 60.00, 10.00 points above a" in chosen["why"]


def test_who_learned_from_dev_is_no_candidate():
    chosen = choose_best(
        [
            scores("fair", FAIR),
            scores("seen", GOOD, learned="yes"),
            scores("taught", GOOD, learned="teacher"),
            scores("silent", GOOD, learned="unknown"),
            scores("more", GOOD, labels=("Disease", "Gene"), learned="yes"),
        ]
    )
    assert chosen["model"] is None
    assert "does not find Gene" in chosen["excluded"]["fair"]
    chosen = choose_best([scores("fair", FAIR), scores("seen", GOOD, learned="yes")])
    assert chosen["model"] == "fair" and chosen["next"] is None
    assert chosen["excluded"] == {"seen": "learned from sample dev"}
    assert "no other model could be compared" in chosen["why"]


def test_other_documents_cannot_be_paired():
    chosen = choose_best([scores("a", GOOD), scores("b", FAIR[:20])])
    assert chosen["next"]["p_value"] is None and "their dev documents differ" in chosen["why"]


def test_small_leads_are_said_to_be_unsure():
    close = [[9, 1, 1], [8, 2, 2]] * 20
    other = [[8, 2, 2], [9, 1, 1]] * 19 + [[8, 2, 2], [8, 2, 2]]
    assert "turn the two round" in choose_best([scores("a", close), scores("b", other)])["why"]


def test_teachers_and_members_teachers_count():
    def provenance(split, **more):
        return {"corpora": {"sample": {"trained_on": [split], "labels": ["Disease"]}}, **more}

    def said(told):
        return learned_from_split(told, "sample", "dev", is_carved=False)

    assert said({}) == "unknown"
    assert said(provenance("dev")) == "yes"
    assert said(provenance("train")) == "no"
    teacher = {"teachers": {"big": provenance("dev")}}
    assert said(provenance("train", distillation=teacher)) == "teacher"
    assert said(provenance("train", distillation={"teachers": {"big": "sha"}})) == "unknown"
    member = provenance("train", distillation=teacher)
    assert said(provenance("train", members={"student": member})) == "teacher"


def test_words_under_several_labels_count_once_for_each():
    gold = np.array([[1, 1], [2, 0], [1, 2], [0, 0], [0, 1]])
    found = np.array([[1, 0], [0, 2], [1, 2], [0, 0], [1, 1]])
    counted = confusion_json(gold, found, ["Disease", "Chemical"])
    assert counted["tags"] == ["O", "B-Disease", "I-Disease", "B-Chemical", "I-Chemical"]
    assert counted["words"] == [
        [1, 1, 0, 0, 0],
        [0, 2, 0, 0, 0],
        [0, 0, 0, 0, 1],
        [1, 0, 0, 1, 0],
        [0, 0, 0, 0, 1],
    ]
