"""What mentions of one document share is made once, and changes no answer."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from bioweave.annotator import Annotator
from bioweave.document import Document
from bioweave.explanation import Explainer, opinions, preparations
from bioweave.explanation.shared_games import SharedGames
from bioweave.explanation.subject import Sentences

TEXT = "Alben cor dexin mid hynor raken sul tavir. Ket besk orlan viret dunal morin."


def test_one_sentence_has_one_set_of_variants(tiny_annotator: Annotator) -> None:
    sentences = Sentences(Document("1", TEXT))
    subjects = [sentences.subject(*span) for span in ((0, 5), (10, 15), (43, 46))]
    executor = ThreadPoolExecutor(1)
    bundle = tiny_annotator.bundle
    expected = [(subject, "Chemical") for subject in subjects]
    shared = SharedGames(bundle, executor, n_threads=1, expected=expected)
    alone = SharedGames(bundle, executor, n_threads=1)
    shown = np.random.default_rng(0).random((40, len(subjects[0].players))) < 0.5
    first, second, other = (shared.surest(subject, "Chemical") for subject in subjects)
    for game, subject in ((first, subjects[0]), (second, subjects[1])):
        expected_values = alone.surest(subject, "Chemical")(shown)
        np.testing.assert_allclose(game(shown), expected_values, atol=1e-12)
    assert first.n_computed == second.n_computed == len(np.unique(shown, axis=0))
    other(np.ones((1, other.n_players), dtype=np.bool_))
    assert other.n_computed == 1
    # What was not expected is answered all the same.
    unexpected = shared.surest(subjects[0], "Gene")
    np.testing.assert_allclose(unexpected(shown), alone.surest(subjects[0], "Gene")(shown))


def test_a_document_is_prepared_once(
    tiny_annotator: Annotator, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepared = []

    def counting(documents, bundle):
        prepared.append(documents)
        return prepare(documents, bundle)

    prepare = preparations.prepare
    monkeypatch.setattr(preparations, "prepare", counting)
    asked = []
    make = opinions.opinions_of
    monkeypatch.setattr(
        "bioweave.explanation.shared_games.opinions_of",
        lambda *arguments, **settings: asked.append(1) or make(*arguments, **settings),
    )
    explained = list(Explainer(tiny_annotator, method="occlusion").mentions(Document("1", TEXT)))
    assert len(explained) > 2
    assert len(prepared) == 1
    weighed = {(one.text_start, one.text) for one in explained}
    assert len(asked) == len(weighed) < len(explained)
