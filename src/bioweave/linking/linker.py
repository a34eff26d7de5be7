"""Mentions in, the same mentions with their concepts out."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import prod
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple

from bioweave.document import Concept, Document, Mention
from bioweave.lexicon import Lexicon, normalise
from bioweave.linking.appositions import appositions
from bioweave.linking.composites import readings
from bioweave.linking.evidence import Evidence, gather
from bioweave.linking.learned import Ids, LabelNames, LearnedNames, names_of
from bioweave.linking.meanings import WordMeanings
from bioweave.linking.organism_context import Decision
from bioweave.linking.organisms import GENE, GeneOrganisms
from bioweave.linking.reranker import Reranker
from bioweave.linking.thesaurus import LexiconNames, Thesaurus
from bioweave.text.short_forms import LongForms

# Names. On dev the right concept is among the likeliest 20 in 95 to 96% of gold mentions, among
# the likeliest 50 in 95 to 97%.
_N_SIMILAR = 40
# Each part of a composite must be as sure as this: a list must not swallow what it resembles.
_SURE_PART = 0.3
# Below this a link gives way to that of a mention which explains it, in brackets or before them;
# how many of the links that came about so are right on the dev splits of ncbi-disease and bc5cdr.
_VAGUE = 0.5
_SURE_OF_EXPLANATION = 0.7
_REMEMBERED = 50_000  # names whose answer is kept

LEARNED_NAME, RERANKER_PREFIX, MEANINGS_NAME = "names.json", "reranker-", "words.npz"


class _Question(NamedTuple):
    """What `Linker.link` is asked; mentions of one document that ask the same are one."""

    text: str
    label: str
    long_form: str | None
    organism: Decision | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """What a name stands for: concepts (several for a composite, none where none fits).

    `score` is the probability that these and no others are meant.
    """

    ids: Ids
    score: float


class _Weighed(NamedTuple):
    """The likeliest concept (without ids where there is no candidate), and how likely is none."""

    best: Link
    nothing: float

    def answer(self, *, always: bool = False) -> Link:
        """The concept, unless none is likelier; `always` asks for it all the same."""
        is_given = self.best.ids and (always or self.best.score > self.nothing)
        return self.best if is_given else Link((), self.nothing)


def gather_evidence(text: str, long_form: str | None, thesaurus: Thesaurus) -> Evidence:
    """What speaks for which concept of the thesaurus for a mention by itself."""
    keys = names_of(text, long_form)
    has_long_form = bool(long_form and normalise(long_form))
    return gather(keys, has_long_form, thesaurus, _N_SIMILAR)


class Linker:
    """Links mentions to concepts by what it learned from corpora, and by a lexicon if there is one.

    A name is looked for exactly, then by character n-grams; a small trained network weighs what
    speaks for each concept, and that nothing fits is one of the answers. Safe to share between
    threads.

        linker = Linker.load(bundle.path / "linking", Lexicon.open("mesh.lexicon"))
        linker.link("heart attacks", "Disease")
    """

    def __init__(
        self,
        learned: LearnedNames,
        rerankers: Mapping[str, Reranker],
        lexicon: Lexicon | None = None,
        meanings: WordMeanings | None = None,
    ) -> None:
        self.learned = learned
        self.meanings = meanings
        self.lexicon = lexicon
        self._rerankers = dict(rerankers)
        self._thesauri = {label: self._thesaurus(label) for label in rerankers}
        self._organisms = GeneOrganisms.of(lexicon) if GENE in rerankers else None
        self._known: OrderedDict[_Question, _Weighed] = OrderedDict()
        self._lock = Lock()

    def __getstate__(self) -> dict[str, Any]:
        # A lock cannot be pickled, and answers are soon found again.
        return {**self.__dict__, "_lock": None, "_known": OrderedDict()}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state, _lock=Lock())

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels whose mentions can be linked."""
        return tuple(self._rerankers)

    def canonical(self, id_: str) -> str:
        """One id for all that say the same concept, as far as the lexicon knows."""
        return self.lexicon.canonical_id(id_) if self.lexicon else id_

    def _thesaurus(self, label: str) -> Thesaurus:
        names = LexiconNames.of(self.lexicon, label)
        learned = self.learned.labels.get(label, LabelNames())
        return Thesaurus(label, learned, names, self.meanings)

    def __call__(self, document: Document) -> Document:
        """The document with the concepts of its mentions, instead of those they came with.

        Mentions of other labels than `labels` stay as they are.
        """
        return self.linked(document)

    def linked(self, document: Document, *, always: bool = False) -> Document:
        """The same; `always` gives the likeliest concept even where it is likelier that none fits.

        That is what is asked for where mentions are known to have a concept, as in a corpus.
        """
        long_forms = LongForms(document.text)
        genes = self._organisms.read(document, long_forms) if self._organisms else {}
        questions = {
            mention: _Question(
                mention.text, mention.label, long_forms.at(mention.text, mention.start)
            )
            for mention in document.mentions
            if mention.label in self._rerankers
        } | {mention: _Question(name.text, GENE, *name[1:]) for mention, name in genes.items()}
        links = {
            question: self.link(*question, always=always)
            for question in dict.fromkeys(questions.values())
        }
        _explain(links, questions, document)
        mentions = []
        for mention in document.mentions:
            if (question := questions.get(mention)) is None:
                mentions.append(mention)
                continue
            concepts = self.concepts(links[question], mention.label)
            metadata = mention.metadata
            if self._organisms and mention in genes:
                told = self._organisms.told(concepts, genes[mention].organism)
                metadata = {**metadata, **told}
            mentions.append(replace(mention, concepts=concepts, metadata=metadata))
        return document.with_mentions(mentions)

    def link(
        self,
        text: str,
        label: str,
        long_form: str | None = None,
        organism: Decision | None = None,
        *,
        always: bool = False,
    ) -> Link:
        """What a mention of this label stands for; `long_form` is how its document spells it out.

        Of a gene `organism` says whose it is, where the lexicon has organisms. `always` is that of
        `linked`. Raises KeyError for a label that is not one of `labels`.
        """
        whole = self._whole(text, label, long_form, organism).answer(always=always)
        # A known gene in doubt for its organism is no list of genes.
        is_clear = whole.score > 0.5 or organism is not None
        if is_clear and self._is_exact(text, label, long_form):
            return whole
        best = whole if whole.ids else Link((), 0.0)
        for reading in readings(long_form or text):
            parts = [self._whole(part, label, None, organism).answer() for part in reading]
            if any(len(part.ids) != 1 or part.score < _SURE_PART for part in parts):
                continue
            ids = tuple(dict.fromkeys(id_ for part in parts for id_ in part.ids))
            # A geometric mean, so that readings of many parts are no worse for their number.
            score = prod(part.score for part in parts) ** (1 / len(parts))
            if len(ids) > 1 and score > best.score:
                best = Link(ids, score)
        return best if best.ids else whole

    def rank(self, text: str, label: str, long_form: str | None = None) -> list[Link]:
        """Every answer that was weighed: what `link` gives, then the others, the likeliest first.

        The answer without ids is "none fits". A reading as several concepts stands among them
        only if `link` prefers it. Raises KeyError for a label that is not one of `labels`.
        """
        evidence = gather_evidence(text, long_form, self._thesauri[label])
        probabilities = self._rerankers[label].probabilities(evidence.rows)
        answers = [
            Link(ids, float(probability))
            for ids, probability in zip((*evidence.candidates, ()), probabilities, strict=True)
        ]
        chosen = self.link(text, label, long_form)
        if all(answer.ids != chosen.ids for answer in answers):
            answers.append(chosen)
        return sorted(answers, key=lambda answer: (answer != chosen, -answer.score, answer.ids))

    def concepts(self, link: Link, label: str) -> tuple[Concept, ...]:
        """A link's concepts with their names."""
        names = self._thesauri[label].name
        return tuple(Concept(id_, names(id_), link.score) for id_ in link.ids)

    def _is_exact(self, text: str, label: str, long_form: str | None) -> bool:
        return any(map(self._thesauri[label].known, names_of(text, long_form)))

    def _whole(
        self, text: str, label: str, long_form: str | None, organism: Decision | None
    ) -> _Weighed:
        question = _Question(text, label, long_form, organism)
        with self._lock:
            if (known := self._known.get(question)) is not None:
                self._known.move_to_end(question)
                return known
        evidence = gather_evidence(text, long_form, self._thesauri[label])
        weighed = self._weigh(evidence, label, organism)
        with self._lock:
            self._known[question] = weighed
            if len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
        return weighed

    def _weigh(self, evidence: Evidence, label: str, organism: Decision | None) -> _Weighed:
        probabilities = self._rerankers[label].probabilities(evidence.rows)
        if self._organisms is not None and organism is not None:
            probabilities = self._organisms.weigh(evidence.candidates, probabilities, organism)
        *concepts, nothing = probabilities.tolist()
        if not concepts:
            return _Weighed(Link((), 0.0), nothing)
        best = max(range(len(concepts)), key=concepts.__getitem__)
        return _Weighed(Link(evidence.candidates[best], concepts[best]), nothing)

    def save(self, folder: Path) -> None:
        """Write what was learned into a folder; a lexicon stays where it is."""
        folder.mkdir(parents=True, exist_ok=True)
        self.learned.save(folder / LEARNED_NAME)
        for label, reranker in self._rerankers.items():
            reranker.save(folder / f"{RERANKER_PREFIX}{label}.npz")
        if self.meanings is not None:
            self.meanings.save(folder / MEANINGS_NAME)

    @staticmethod
    def labels_in(folder: Path) -> tuple[str, ...]:
        """The labels of the linker that was saved in a folder."""
        paths = sorted(folder.glob(f"{RERANKER_PREFIX}*.npz"))
        return tuple(path.stem.removeprefix(RERANKER_PREFIX) for path in paths)

    @classmethod
    def load(cls, folder: Path, lexicon: Lexicon | None = None) -> Linker:
        """What `save` wrote, with a lexicon beside it. Raises BundleError where it is damaged."""
        rerankers = {
            label: Reranker.load(folder / f"{RERANKER_PREFIX}{label}.npz")
            for label in cls.labels_in(folder)
        }
        words = folder / MEANINGS_NAME
        meanings = WordMeanings.load(words) if words.is_file() else None
        return cls(LearnedNames.load(folder / LEARNED_NAME), rerankers, lexicon, meanings)


def _explain(
    links: dict[_Question, Link], questions: Mapping[Mention, _Question], document: Document
) -> None:
    """Let a mention that says little by itself have the concept of the one that explains it."""
    for pair in appositions(document):
        if not all(mention in questions for mention in pair):
            continue
        asked = [questions[mention] for mention in pair]
        vague, clear = sorted(asked, key=lambda question: _sureness(links[question]))
        own, given = links[vague], links[clear]
        if _sureness(own) < _VAGUE and given.ids and own.ids != given.ids:
            links[vague] = Link(given.ids, _SURE_OF_EXPLANATION * given.score)


def _sureness(link: Link) -> float:
    return link.score if link.ids else 0.0
