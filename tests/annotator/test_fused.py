"""Several taggers as one: the annotator's promises hold for them as well."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from invented_texts import invented_texts
from tiny_tagger import write_tiny_bundle

from bioweave.annotator import Annotator
from bioweave.annotator.rule_files import RuleSet
from bioweave.bundle import FusedBundle
from bioweave.document import Document
from bioweave.experiments.fusing import draft_of, open_members
from bioweave.features.windows import WindowSettings
from bioweave.fusion import LinearPool, LogLinearPool

NO_RULES = RuleSet(rules=())


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("members")


@pytest.fixture(scope="module")
def fused(folder: Path) -> FusedBundle:
    windows = (WindowSettings(48), WindowSettings(96), WindowSettings(30, packed=False))
    paths = [
        write_tiny_bundle(folder / f"tiny{seed}", seed=seed, windows=one)
        for seed, one in enumerate(windows)
    ]
    return draft_of(open_members(paths))


def with_method(bundle: FusedBundle, method: str, pool: object = None) -> FusedBundle:
    fusion = bundle.fusion.model_copy(update={"method": method})
    pools = bundle.pools if pool is None else tuple(pool for _ in bundle.pools)
    return replace(
        bundle, manifest=bundle.manifest.model_copy(update={"fusion": fusion}), pools=pools
    )


METHODS = {
    "mean": None,
    "weighted": LinearPool(np.array([0.5, 0.3, 0.2]), np.array([1.2, 0.7, 1.0])),
    "log-linear": LogLinearPool(np.array([0.5, 0.4, 0.3])),
    "vote": None,
}


@pytest.mark.parametrize("method", METHODS)
def test_results_do_not_depend_on_the_company(fused: FusedBundle, method: str) -> None:
    annotator = Annotator(with_method(fused, method, METHODS[method]), n_threads=2)
    documents = [Document(str(n), text) for n, text in enumerate(invented_texts(12, seed=3))]
    together = list(annotator.pipe(documents))
    assert sum(len(document.mentions) for document in together) > 20
    for document, one in zip(documents, together, strict=True):
        alone = annotator(document)
        assert [m[:4] for m in map(_told, alone.mentions)] == [
            m[:4] for m in map(_told, one.mentions)
        ]
        assert [m[4] for m in map(_told, alone.mentions)] == pytest.approx(
            [m[4] for m in map(_told, one.mentions)], abs=1e-6
        )
        for mention in one.checked().mentions:
            assert 0 < mention.confidence <= 1


def test_one_tagger_fused_with_itself_says_what_it_says_alone(folder: Path) -> None:
    path = write_tiny_bundle(folder / "same", seed=7)
    copy = write_tiny_bundle(folder / "copy", seed=7)
    fused = draft_of(open_members([path, copy]))
    alone = Annotator(fused.members[0], labels=["Chemical"], rules=NO_RULES)
    for method, pool in (
        ("mean", None),
        ("log-linear", LogLinearPool(np.array([0.5, 0.5]))),
        ("vote", None),
    ):
        together = Annotator(with_method(fused, method, pool), labels=["Chemical"], rules=NO_RULES)
        n_found = 0
        for text in invented_texts(15, seed=4):
            expected, found = alone(text), together(text)
            assert [_told(m)[:4] for m in found.mentions] == [
                _told(m)[:4] for m in expected.mentions
            ]
            assert [m.confidence for m in found.mentions] == pytest.approx(
                [m.confidence for m in expected.mentions], abs=1e-3
            )
            n_found += len(found.mentions)
        assert n_found > 20


def test_a_majority_is_more_than_its_share(fused: FusedBundle) -> None:
    texts = invented_texts(10, seed=5)
    counts = []
    for majority in (0.0, 0.5, 0.9):
        voting = with_method(fused, "vote")
        fusion = voting.fusion.model_copy(update={"majority": majority})
        voting = replace(voting, manifest=voting.manifest.model_copy(update={"fusion": fusion}))
        annotator = Annotator(voting, rules=NO_RULES)
        counts.append(sum(len(one.mentions) for one in annotator.pipe(texts)))
    alone = [
        sum(len(one.mentions) for one in Annotator(member, rules=NO_RULES).pipe(texts))
        for member in fused.members
    ]
    assert counts[0] > counts[1] > counts[2]
    assert counts[2] <= min(alone)


def test_words_get_probabilities_that_fit_the_mentions(fused: FusedBundle) -> None:
    annotator = Annotator(fused)
    for document, scores in annotator.score(invented_texts(4, seed=6)):
        n_words = len(scores.words)
        for label in annotator.labels:
            assert scores.probabilities[label].shape == (n_words, 3)
            np.testing.assert_allclose(scores.probabilities[label].sum(axis=1), 1, atol=1e-5)
        assert document.mentions is not None


def test_recall_adds_what_is_less_probable(fused: FusedBundle) -> None:
    texts = invented_texts(8, seed=8)
    balanced = Annotator(fused, rules=NO_RULES)
    recall = Annotator(fused, mode="recall", rules=NO_RULES)
    for some, more in zip(balanced.pipe(texts), recall.pipe(texts), strict=True):
        assert {_told(m)[:3] for m in some.mentions} <= {_told(m)[:3] for m in more.mentions}


def test_a_text_without_words(fused: FusedBundle) -> None:
    for method, pool in METHODS.items():
        annotator = Annotator(with_method(fused, method, pool))
        assert annotator("").mentions == ()
        assert annotator(" \n ").mentions == ()


def _told(mention):  # type: ignore[no-untyped-def]
    return (mention.start, mention.end, mention.label, mention.text, mention.confidence)
