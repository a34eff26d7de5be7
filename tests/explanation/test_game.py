"""What the game says: with every word seen, what the annotator says; then with words hidden."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from invented_texts import invented_texts
from tiny_tagger import load_tiny_bundle, make_tokenizer
from tokenizers import Tokenizer, models

from bioweave.annotator import Annotator
from bioweave.annotator.preparation import prepare
from bioweave.annotator.rule_files import RuleSet
from bioweave.bundle import Bundle, FusedBundle, FusionManifest, HeadManifest, Manifest
from bioweave.bundle.manifest import ShortFormRules
from bioweave.document import Document
from bioweave.explanation.game import SpanGame
from bioweave.explanation.hiding import WordHider, hidden_piece
from bioweave.explanation.opinions import opinions_of
from bioweave.explanation.stretch import cut_stretch
from bioweave.explanation.subject import Sentences, Subject
from bioweave.features.characters import CharacterEncoder
from bioweave.features.dictionary import NameDictionary
from bioweave.features.settings import FeatureSettings
from bioweave.features.windows import WindowSettings
from bioweave.features.word_features import WordFeaturizer
from bioweave.fusion import LinearPool, LogLinearPool

NO_RULES = RuleSet(rules=())


def game_of(bundle: Bundle | FusedBundle, subject: Subject, label: str, head: int) -> SpanGame:
    ask = opinions_of(bundle, subject, ThreadPoolExecutor(1), n_threads=1)
    return SpanGame(ask, subject, label, head)


def heads_of(bundle: Bundle | FusedBundle, label: str) -> list[int]:
    return [n for n, head in enumerate(bundle.manifest.heads) if label in head.labels]


def test_with_every_word_seen_it_is_the_mentions_confidence(tiny_annotator: Annotator) -> None:
    n_seen = 0
    for text in invented_texts(4, seed=3):
        document = Document("1", text)
        sentences = Sentences(document)
        for mention in tiny_annotator(document).mentions[:6]:
            subject = sentences.subject(*mention.span, is_found=True)
            bundle = tiny_annotator.bundle
            [head] = heads_of(bundle, mention.label)
            game = game_of(bundle, subject, mention.label, head)
            assert game.probability == pytest.approx(mention.confidence, abs=1e-5)
            n_seen += 1
    assert n_seen > 12


def test_a_long_sentence_in_many_windows_as_well(tiny_annotator: Annotator) -> None:
    text = "Mid " + "alben cor dexin " * 90 + "alben cor."
    document = Document("1", text)
    mentions = tiny_annotator(document).mentions
    chosen = mentions[len(mentions) // 2]
    subject = Sentences(document).subject(*chosen.span)
    assert len(subject.players) == 128 < len(subject.sentence)
    [head] = heads_of(tiny_annotator.bundle, chosen.label)
    game = game_of(tiny_annotator.bundle, subject, chosen.label, head)
    # Far windows are left out: what they know of the span is beyond the fourth digit.
    assert game.probability == pytest.approx(chosen.confidence, abs=1e-4)


METHODS = {
    "mean": LinearPool.mean(3),
    "weighted": LinearPool(np.array([0.5, 0.3, 0.2]), np.array([1.2, 0.7, 1.0])),
    "log-linear": LogLinearPool(np.array([0.5, 0.4, 0.3])),
    "vote": LinearPool.mean(3),
}


@pytest.fixture(scope="module")
def members(tmp_path_factory: pytest.TempPathFactory) -> tuple[Bundle, ...]:
    folder = tmp_path_factory.mktemp("members")
    windows = (WindowSettings(48), WindowSettings(96), WindowSettings(30, packed=False))
    return tuple(
        load_tiny_bundle(folder / f"tiny{seed}", seed=seed, windows=one)
        for seed, one in enumerate(windows)
    )


@pytest.mark.parametrize("method", METHODS)
def test_several_fused_taggers_are_asked_as_they_annotate(
    members: tuple[Bundle, ...], method: str
) -> None:
    manifest = Manifest(
        name="fused",
        bioweave_version="0",
        heads=(
            HeadManifest(name="chemicals", labels=("Chemical",)),
            HeadManifest(name="others", labels=("Disease", "Gene")),
        ),
        short_forms=ShortFormRules(spread=False, agree=False),
        fusion=FusionManifest(method=method, members=("a", "b", "c")),
    )
    fused = FusedBundle(manifest, members, (METHODS[method], METHODS[method]))
    annotator = Annotator(fused, n_threads=1, rules=NO_RULES)
    n_seen = 0
    for text in invented_texts(3, seed=9):
        document = Document("1", text)
        sentences = Sentences(document)
        for mention in annotator(document).mentions[:5]:
            subject = sentences.subject(*mention.span, is_found=True)
            [head] = heads_of(fused, mention.label)
            game = game_of(fused, subject, mention.label, head)
            # A vote leaves out what members find less probable than a hundredth.
            tolerance = 0.01 if method == "vote" else 1e-4
            assert game.probability == pytest.approx(mention.confidence, abs=tolerance)
            assert game.base != pytest.approx(game.probability, abs=1e-6)
            n_seen += 1
    assert n_seen > 5


def test_answers_are_kept_and_repeats_cost_nothing(tiny_annotator: Annotator) -> None:
    document = Document("1", invented_texts(1, seed=5)[0])
    sentences = Sentences(document)
    mention = tiny_annotator(document).mentions[0]
    subject = sentences.subject(*mention.span, is_found=True)
    [head] = heads_of(tiny_annotator.bundle, mention.label)
    game = game_of(tiny_annotator.bundle, subject, mention.label, head)
    shown = np.random.default_rng(0).random((30, game.n_players)) < 0.5
    first = game(shown)
    n_computed = game.n_computed
    assert n_computed <= 30
    np.testing.assert_array_equal(game(shown[::-1]), first[::-1])
    assert game.n_computed == n_computed
    assert ((first >= 0) & (first <= 1)).all()
    alone = np.concatenate([game(row[None]) for row in shown])
    np.testing.assert_array_equal(alone, first)


def test_variants_do_not_hear_of_their_neighbours(tiny_annotator: Annotator) -> None:
    document = Document("1", invented_texts(1, seed=6)[0])
    mention = tiny_annotator(document).mentions[-1]
    subject = Sentences(document).subject(*mention.span, is_found=True)
    [head] = heads_of(tiny_annotator.bundle, mention.label)
    shown = np.random.default_rng(1).random((12, len(subject.players))) < 0.5
    together = game_of(tiny_annotator.bundle, subject, mention.label, head)(shown)
    for row, value in zip(shown, together, strict=True):
        other = game_of(tiny_annotator.bundle, subject, mention.label, head)
        assert other(row[None])[0] == pytest.approx(value, abs=1e-9)


def test_only_pieces_of_hidden_words_change(tiny_bundle: Bundle) -> None:
    document = Document("1", "Alben cor dexin. Hynor (IL-2) mid raken sul. Tavir ket.")
    subject = Sentences(document).subject(17, 22)
    [prepared] = prepare([document], tiny_bundle)
    stretch = cut_stretch(prepared, subject.players.start, subject.players.stop)
    hide = WordHider(prepared, stretch, tiny_bundle, subject.sentence)
    shown = np.ones((3, len(subject.sentence)), dtype=np.bool_)
    shown[1, 0] = shown[2, :] = False
    whole, first, none = hide(shown)
    blank = hidden_piece(tiny_bundle.tokenizer)
    for variant, row in zip((whole, first, none), shown, strict=True):
        for window, before in zip(variant.windows, stretch.prepared.windows, strict=True):
            np.testing.assert_array_equal(window.word_pieces, before.word_pieces)
            expected = before.piece_ids.copy()
            for word, is_shown in zip(subject.sentence, row, strict=True):
                local = word - stretch.word_start - window.word_start
                if not is_shown and 0 <= local < len(window.word_pieces):
                    start, end = window.word_pieces[local]
                    expected[start:end] = blank
            np.testing.assert_array_equal(window.piece_ids, expected)
    assert (whole.windows[0].piece_ids != none.windows[0].piece_ids).any()


def test_features_conceal_what_pieces_conceal(tiny_bundle: Bundle) -> None:
    featurizer = WordFeaturizer(
        FeatureSettings(characters=True, dictionary=("Disease",), templates=64),
        characters=CharacterEncoder(),
        dictionary=NameDictionary({"Disease": ["velmar syndrome"]}),
    )
    bundle = Bundle(
        tiny_bundle.manifest,
        tiny_bundle.tokenizer,
        tiny_bundle.chains,
        tiny_bundle.graph,
        featurizer,
    )
    document = Document("1", "Other words. She had velmar syndrome here. And more.")
    subject = Sentences(document).subject(21, 36)
    [prepared] = prepare([document], bundle)
    stretch = cut_stretch(prepared, subject.players.start, subject.players.stop)
    hide = WordHider(prepared, stretch, bundle, subject.sentence)
    shown = np.ones((2, len(subject.sentence)), dtype=np.bool_)
    shown[1, 3] = False  # syndrome
    whole, without = hide(shown)
    place = subject.sentence.start + 3 - stretch.word_start
    for name, rows in stretch.prepared.features.items():
        np.testing.assert_array_equal(whole.features[name], rows)
    np.testing.assert_array_equal(whole.features["dictionary"][place - 1 : place + 1].sum(), 2)
    assert without.features["dictionary"].sum() == 0
    changed = (whole.features["characters"] != without.features["characters"]).any(axis=1)
    assert np.flatnonzero(changed).tolist() == [place]
    unknown = CharacterEncoder().encode(["\ufffd"])[0]
    np.testing.assert_array_equal(without.features["characters"][place], unknown)
    told = (whole.features["templates"] != without.features["templates"]).any(axis=1)
    assert told[place]


def test_a_tokenizer_without_an_unknown_piece_gives_its_mask() -> None:
    tokenizer = make_tokenizer()
    assert hidden_piece(tokenizer) == tokenizer.token_to_id("[UNK]")
    for pieces, expected in (
        (["<pad>", "<mask>", "a"], "<mask>"),
        (["a", "[PAD]"], "[PAD]"),
        (["a", "b"], "a"),
    ):
        vocabulary = {piece: place for place, piece in enumerate(pieces)}
        other = Tokenizer(models.WordLevel(vocabulary, unk_token=pieces[0]))
        assert hidden_piece(other) == other.token_to_id(expected)
