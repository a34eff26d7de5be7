"""Methods: weights that add up, a planted word that every one of them finds, plain errors."""

from __future__ import annotations

import random
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from invented_texts import invented_texts

from bioweave.annotator import Annotator
from bioweave.document import Document
from bioweave.errors import ConfigurationError, MissingExtraError
from bioweave.explanation import Explainer
from bioweave.explanation.game import SpanGame
from bioweave.explanation.methods import METHODS, Weighing
from bioweave.explanation.methods.choosing import choose_method
from bioweave.explanation.methods.lime import neighbours
from bioweave.explanation.opinions import opinions_of
from bioweave.explanation.subject import Sentences


def games(annotator: Annotator, n: int, seed: int) -> list[SpanGame]:
    found = []
    for text in invented_texts(20, seed=seed):
        document = Document("1", text)
        sentences = Sentences(document)
        for mention in annotator(document).mentions:
            subject = sentences.subject(*mention.span, is_found=True)
            if not 4 <= len(subject.players) <= 30:
                continue
            ask = opinions_of(annotator.bundle, subject, ThreadPoolExecutor(1), n_threads=1)
            heads = annotator.bundle.manifest.heads
            [head] = [n for n, one in enumerate(heads) if mention.label in one.labels]
            found.append(SpanGame(ask, subject, mention.label, head))
            break
        if len(found) == n:
            return found
    raise AssertionError("the invented texts hold too few mentions")


def test_shapley_values_add_up_to_what_the_words_do(tiny_annotator: Annotator) -> None:
    weigh = choose_method("shap", tiny_annotator.bundle, samples=64)
    for game in games(tiny_annotator, 4, seed=2):
        weighing = weigh(game)
        assert weighing.base == game.base
        assert weighing.weights.sum() == pytest.approx(game.probability - game.base, abs=1e-3)
        assert np.abs(weighing.weights).max() > 0


def test_few_words_get_their_exact_shapley_values(tiny_annotator: Annotator) -> None:
    from itertools import permutations

    document = Document("1", "Alben cor dexin mid.")
    subject = Sentences(document).subject(6, 9)
    ask = opinions_of(tiny_annotator.bundle, subject, ThreadPoolExecutor(1), n_threads=1)
    game = SpanGame(ask, subject, "Chemical", 0)
    expected = np.zeros(game.n_players)
    orders = list(permutations(range(game.n_players)))
    for order in orders:
        shown = np.zeros((game.n_players + 1, game.n_players), dtype=np.bool_)
        for step, word in enumerate(order):
            shown[step + 1 :, word] = True
        expected[list(order)] += np.diff(game(shown)) / len(orders)
    weighing = choose_method("shap", tiny_annotator.bundle)(game)
    np.testing.assert_allclose(weighing.weights, expected, atol=1e-6)


def test_one_word_alone_carries_everything(tiny_annotator: Annotator) -> None:
    explainer = Explainer(tiny_annotator, method="shap")
    explanation = explainer.span(Document("1", "Alben"), 0, 5)
    [word] = explanation.words
    assert word.weight == pytest.approx(explanation.probability - explanation.base)


def test_occlusion_is_what_a_word_is_missed_by(tiny_annotator: Annotator) -> None:
    [game] = games(tiny_annotator, 1, seed=4)
    weighing = choose_method("occlusion", tiny_annotator.bundle)(game)
    for place in range(game.n_players):
        shown = np.ones((1, game.n_players), dtype=np.bool_)
        shown[0, place] = False
        assert weighing.weights[place] == game.probability - game(shown)[0]


@pytest.mark.parametrize("method", ["shap", "lime"])
def test_a_seed_decides_and_numpy_is_left_alone(tiny_annotator: Annotator, method: str) -> None:
    def weighed(seed: int) -> Weighing:
        return choose_method(method, tiny_annotator.bundle, samples=60, seed=seed)(game)

    [game] = [one for one in games(tiny_annotator, 3, seed=5) if one.n_players > 8][:1]
    np.random.seed(11)
    expected = np.random.random()
    np.random.seed(11)
    first = weighed(1)
    assert np.random.random() == expected
    np.testing.assert_array_equal(first.weights, weighed(1).weights)
    assert (first.weights != weighed(2).weights).any()


def test_neighbours_are_the_sentence_and_all_numbers_of_hidden_words() -> None:
    shown = neighbours(6, 400, seed=3)
    assert shown[0].all()
    n_hidden = (~shown[1:]).sum(axis=1)
    assert set(n_hidden.tolist()) == set(range(1, 7))
    assert np.bincount(n_hidden, minlength=7)[1:].min() > 40


@pytest.mark.parametrize("method", METHODS)
def test_the_planted_word_weighs_most_under_every_method(
    taught_annotator: Annotator, method: str
) -> None:
    explainer = Explainer(taught_annotator, method=method, samples=200)
    texts = [
        "talen besk acute orlan viret dunal",
        "acute morin kesta polim",
        "harun silot gamen frusk acute besk talen",
    ]
    for text in texts:
        start = text.index("acute ") + len("acute ")
        [found] = taught_annotator(Document("1", text)).mentions
        assert found.start == start
        explanation = explainer.span(Document("1", text), *found.span)
        assert explanation.is_found
        assert explanation.probability > 0.9 > 0.5 > explanation.base
        heaviest = explanation.heaviest(1)[0]
        assert (heaviest.text, heaviest.weight > 0.2) == ("acute", True)


def test_what_was_not_found_lacks_the_planted_word(taught_annotator: Annotator) -> None:
    chance = random.Random(9)
    words = chance.sample(["morin", "talen", "besk", "orlan", "viret"], 2)
    text = " ".join([*words, "acute", "silot", "harun"])
    explanation = Explainer(taught_annotator, method="shap").span(
        Document("1", text), 0, len(words[0]), "Disease", without=["acute"]
    )
    assert not explanation.is_found
    assert explanation.distance < 0
    assert explanation.evidence.absence > 0.9
    other = Explainer(taught_annotator, method="occlusion").span(
        Document("1", text), text.index("silot"), text.index(" harun"), without=["ACUTE", words[0]]
    )
    without, harmless, both = other.without
    assert without.hidden == ("ACUTE",) and without.before > 0.9 > 0.5 > without.after
    assert harmless.after > 0.9
    assert both.hidden == ("ACUTE", words[0]) and both.after < 0.5


def test_gradients_add_up_but_for_the_error_they_name(taught_annotator: Annotator) -> None:
    text = "talen besk acute orlan viret dunal"
    [one] = Explainer(taught_annotator, method="gradients").mentions(Document("1", text))
    off = sum(word.weight for word in one.words) - (one.probability - one.base)
    assert off == pytest.approx(one.settings["delta"], abs=1e-4)
    assert abs(off) < 0.05
    [other] = Explainer(taught_annotator, method="occlusion").mentions(Document("1", text))
    assert one.base == pytest.approx(other.base, abs=1e-5)


def test_gradients_of_a_bundle_are_refused(tiny_annotator: Annotator) -> None:
    with pytest.raises(ConfigurationError, match=r"no gradients; give the folder of the run"):
        Explainer(tiny_annotator, method="gradients")


@pytest.mark.parametrize(
    ("method", "library", "extra"),
    [("shap", "shap", "explain"), ("lime", "lime", "explain"), ("gradients", "captum", "train")],
)
def test_a_missing_library_is_named_with_its_extra(
    taught_annotator: Annotator,
    monkeypatch: pytest.MonkeyPatch,
    method: str,
    library: str,
    extra: str,
) -> None:
    for name in list(sys.modules):
        if name == "bioweave.explanation.methods.gradients" or name.startswith(f"{library}."):
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, library, None)
    monkeypatch.setitem(sys.modules, f"{library}.attr", None)
    with pytest.raises(MissingExtraError, match=rf"'{library}'.*bioweave\[{extra}\]"):
        explainer = Explainer(taught_annotator, method=method)
        explainer.span(Document("1", "talen acute besk"), 12, 16)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"method": "guess"}, "unknown method 'guess': it is one of occlusion, shap, lime, grad"),
        ({"method": "shap", "samples": 1}, "1 samples explain nothing"),
    ],
)
def test_wrong_options_are_refused(tiny_annotator: Annotator, options: dict, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        Explainer(tiny_annotator, **options)
