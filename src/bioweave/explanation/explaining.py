"""The explainer: a document in, a record out for each mention or for one span."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from bioweave.annotator import Annotator
from bioweave.document import Document, Mention
from bioweave.errors import ConfigurationError
from bioweave.explanation.evidence import EvidenceGatherer
from bioweave.explanation.game import SpanGame
from bioweave.explanation.methods import Weigher
from bioweave.explanation.methods.choosing import SAMPLES, SEED, choose_method
from bioweave.explanation.record import Explanation, WhatIf, WordWeight
from bioweave.explanation.shared_games import SharedGames
from bioweave.explanation.subject import MOST_WORDS, Sentences, Subject, hidden_words
from bioweave.lexicon import Lexicon


class _Asked(NamedTuple):
    """What was asked for, in characters; None for whatever label is the likeliest."""

    start: int
    end: int
    label: str | None


class Explainer:
    """Explains what an annotator finds, and what it does not, by one method.

    `method` is occlusion, shap, lime or gradients; `samples` and `seed` matter to shap and lime.
    Names of a `lexicon` are looked up as evidence; those that speak for mentions are the
    annotator's own. Raises what `choose_method` does.

    >>> import bioweave
    >>> explainer = Explainer(bioweave.load(), method="occlusion")
    >>> document = bioweave.Document("1", "Aspirin may cause gastric ulcers.")
    >>> [(one.mention, one.label, one.is_found) for one in explainer.mentions(document)]
    [('Aspirin', 'Chemical', True), ('gastric ulcers', 'Disease', True)]
    """

    def __init__(
        self,
        annotator: Annotator,
        *,
        method: str = "shap",
        samples: int = SAMPLES,
        seed: int = SEED,
        lexicon: Lexicon | None = None,
    ) -> None:
        self._annotator = annotator
        self._method = method
        self._weigh: Weigher = choose_method(method, annotator.bundle, samples=samples, seed=seed)
        self._executor = ThreadPoolExecutor(
            annotator.n_threads, thread_name_prefix="bioweave-explanation"
        )
        self._gather = EvidenceGatherer(annotator, lexicon, self._executor)

    def mentions(
        self, document: Document, label: str | None = None, *, without: Sequence[str] = ()
    ) -> Iterator[Explanation]:
        """An explanation of each mention that the annotator finds, or of those of one label.

        `without` are words to see the effect of, see `span`. Raises InputError for a document
        without words and ConfigurationError for a label that the annotator lacks.
        """
        document = _readable(document)
        self._check_label(label)
        sentences = Sentences(document)
        found = self._annotator(document).mentions
        wanted = [
            (mention, sentences.subject(mention.start, mention.end, is_found=True))
            for mention in found
            if label in (None, mention.label)
        ]
        games = self._games([(subject, mention.label) for mention, subject in wanted])
        for mention, subject in wanted:
            asked = _Asked(mention.start, mention.end, mention.label)
            yield self._explain(games, subject, asked, found, without)

    def span(
        self,
        document: Document,
        start: int,
        end: int,
        label: str | None = None,
        *,
        without: Sequence[str] = (),
    ) -> Explanation:
        """Why the characters `start:end` are, or are not, a mention of a label.

        Without a label it is that of the mention found there, else the likeliest. A span that cuts
        words is widened to their edges, and a note says so. `without` are words of the sentence:
        what becomes of the probability without each, and without all of them, is in the record.

        Raises OffsetError where the span is outside the text, holds no word or words of two
        sentences, InputError for words to leave out that are not there, and ConfigurationError
        for a label that the annotator lacks.
        """
        document = _readable(document)
        self._check_label(label)
        subject = Sentences(document).subject(start, end)
        found = self._annotator(document).mentions
        here = [one for one in found if one.span in ((start, end), (subject.start, subject.end))]
        if label is None and here:
            label = max(here, key=lambda one: one.confidence or 0.0).label
        return self._explain(self._games(), subject, _Asked(start, end, label), found, without)

    def _explain(
        self,
        games: SharedGames,
        subject: Subject,
        asked: _Asked,
        found: Sequence[Mention],
        without: Sequence[str],
    ) -> Explanation:
        started = time.perf_counter()
        hidden = [hidden_words(subject, words) for words in without]
        game = self._game(games, subject, asked.label)
        weighing = self._weigh(game)
        same = _same(subject, asked, game.span.label, found)
        evidence = self._gather(game, found, same)
        what_if = tuple(_what_if(game, without, hidden))
        words = [subject.words[place] for place in subject.players]
        text = subject.document.text
        return Explanation(
            document=subject.document.id,
            text=text[words[0].start : words[-1].end],
            text_start=words[0].start,
            start=subject.start,
            end=subject.end,
            mention=subject.text,
            label=game.span.label,
            is_found=same is not None,
            probability=game.probability,
            base=weighing.base,
            words=tuple(
                WordWeight(*word, text[slice(*word)], float(weight))
                for word, weight in zip(words, weighing.weights, strict=True)
            ),
            method=self._method,
            seconds=time.perf_counter() - started,
            evidence=evidence,
            settings={
                **weighing.settings,
                "model": self._annotator.bundle.manifest.name,
                "mode": self._annotator.mode,
                "variants": game.n_computed,
            },
            without=what_if,
            notes=tuple(_notes(subject, asked, game.span.label)),
        )

    def _games(self, expected: Sequence[tuple[Subject, str]] = ()) -> SharedGames:
        return SharedGames(
            self._annotator.bundle,
            self._executor,
            n_threads=self._annotator.n_threads,
            expected=expected,
        )

    def _game(self, games: SharedGames, subject: Subject, label: str | None) -> SpanGame:
        """The game about the label, or about the likeliest, by the head that is surest of it."""
        if label is None:
            readings = self._gather.readings(subject, games.opinion(subject))
            label = max(readings, key=lambda one: one[2])[0]
        return games.surest(subject, label)

    def _check_label(self, label: str | None) -> None:
        if label is not None and label not in self._annotator.labels:
            raise ConfigurationError(
                f"this model does not find {label}: its labels are "
                f"{', '.join(self._annotator.labels)}"
            )


def _what_if(
    game: SpanGame, without: Sequence[str], hidden: Sequence[Sequence[int]]
) -> Iterator[WhatIf]:
    teams: list[tuple[tuple[str, ...], Sequence[int]]] = [
        ((words,), places) for words, places in zip(without, hidden, strict=True)
    ]
    if len(teams) > 1:
        teams.append((tuple(without), sorted({place for own in hidden for place in own})))
    for words, places in teams:
        shown = np.ones((1, game.n_players), dtype=np.bool_)
        shown[0, np.array(places) - game.subject.players.start] = False
        yield WhatIf(words, game.probability, float(game(shown)[0]))


def _same(subject: Subject, asked: _Asked, label: str, found: Sequence[Mention]) -> Mention | None:
    """The mention that was found just there, if any."""
    spans = ((asked.start, asked.end), (subject.start, subject.end))
    return next((one for one in found if one.span in spans and one.label == label), None)


def _notes(subject: Subject, asked: _Asked, label: str) -> Iterator[str]:
    if (asked.start, asked.end) != (subject.start, subject.end):
        yield (
            f"the span {asked.start}:{asked.end} was widened to whole words, "
            f"{subject.start}:{subject.end}"
        )
    if asked.label is None:
        yield f"no label was asked for, and {label} is the likeliest here"
    if subject.n_sentences > 1:
        yield (
            f"words of one sentence are weighed, out of {subject.n_sentences} in the document; "
            "the others stay as they are"
        )
    if len(subject.players) < len(subject.sentence):
        yield (
            f"of a sentence of {len(subject.sentence)} words the {MOST_WORDS} around the span are "
            "weighed"
        )


def _readable(document: Document) -> Document:
    """The document with lone surrogates, which no record can hold, as replacement characters."""
    text = "".join("\ufffd" if "\ud800" <= one <= "\udfff" else one for one in document.text)
    return document if text == document.text else replace(document, text=text)
