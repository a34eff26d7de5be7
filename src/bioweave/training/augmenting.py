"""The documents that a recipe's augmentation adds to those a run learns from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

from bioweave.corpus.augmentation import (
    Change,
    Copies,
    LexiconNames,
    ManySources,
    NameSource,
    Template,
    WordsByTag,
    make_copies,
    make_sentences,
    names_in,
    own_templates,
    parse_templates,
    read_names,
    read_templates,
    replace_mentions,
    replace_words,
    shuffle_segments,
    vary_case,
    vary_greek,
)
from bioweave.document import Document
from bioweave.errors import ConfigurationError
from bioweave.lexicon import Lexicon
from bioweave.training.augmentation_choice import AugmentationChoice, NameChoice, TemplateMethod
from bioweave.training.data import RunCorpus
from bioweave.training.recipe import Recipe

# Of which concepts, and what follows from them, are still true.
_KEEP_MEANING = ("case", "greek")


def augment(corpora: Sequence[RunCorpus], recipe: Recipe) -> tuple[RunCorpus, ...]:
    """The corpora with what the recipe's augmentation makes of the documents they learn from.

    Mentions of labels that the recipe lacks are left out of what is made. Names and words come
    from the corpus itself, so that guidelines are not mixed, unless the recipe names others.
    Raises ConfigurationError for names of a label that the recipe lacks, FormatError for bad
    templates.
    """
    choice = recipe.augmentation
    if not choice.is_on:
        return tuple(corpora)
    unknown = [label for label in choice.names.files if label not in recipe.labels]
    if unknown:
        raise ConfigurationError(
            f"augmentation.names.files has names of {unknown[0]!r}, which the recipe does not learn"
        )
    given = _given_names(choice.names, recipe.labels)
    templates = _templates(choice.templates) if choice.templates is not None else []
    return tuple(_augmented(one, choice, given, templates, recipe.seed) for one in corpora)


def _augmented(
    one: RunCorpus,
    choice: AugmentationChoice,
    given: Sequence[NameSource],
    templates: Sequence[Template],
    seed: int,
) -> RunCorpus:
    learned = [
        document.with_mentions(m for m in document.mentions if m.label in one.labels)
        for document in one.train
    ]
    names = ManySources([*given, names_in(learned)])
    made: list[Document] = []
    counts: dict[str, dict[str, int]] = {}
    for method, copies in _copies(learned, choice, names, seed):
        made += copies.documents
        counts[method] = {"made": len(copies.documents), "unchanged": copies.n_unchanged}
    if choice.templates is not None and choice.templates.per_document:
        wanted = round(choice.templates.per_document * len(learned))
        fitting = [one_of for one_of in templates if set(one_of.labels) <= set(one.labels)]
        sentences = make_sentences(fitting, names, wanted, name=one.choice.name, seed=seed)
        made += sentences
        counts["templates"] = {"made": len(sentences), "unfilled": wanted - len(sentences)}
    return replace(one, augmented=tuple(made), augmentation=counts)


def _copies(
    documents: Sequence[Document], choice: AugmentationChoice, names: NameSource, seed: int
) -> Iterator[tuple[str, Copies]]:
    for method, n_copies, change in _changes(documents, choice, names):
        if n_copies:
            yield (
                method,
                make_copies(
                    documents,
                    change,
                    method,
                    copies=n_copies,
                    seed=seed,
                    keeps_meaning=method in _KEEP_MEANING,
                ),
            )


def _changes(
    documents: Sequence[Document], choice: AugmentationChoice, names: NameSource
) -> Iterator[tuple[str, int, Change]]:
    """Each method that the recipe has: its name, how many copies, and what it does."""
    if (mentions := choice.mentions) is not None:
        change: Change = partial(replace_mentions, names=names, probability=mentions.probability)
        yield "mentions", mentions.copies, change
    if (method := choice.words) is not None:
        words = WordsByTag(documents)
        change = partial(replace_words, words=words, probability=method.probability)
        yield "words", method.copies, change
    if (shuffling := choice.shuffling) is not None:
        change = partial(shuffle_segments, probability=shuffling.probability)
        yield "shuffling", shuffling.copies, change
    if (case := choice.case) is not None:
        change = partial(vary_case, probability=case.probability, unit=case.unit, forms=case.forms)
        yield "case", case.copies, change
    if (greek := choice.greek) is not None:
        yield "greek", greek.copies, partial(vary_greek, probability=greek.probability)


def _given_names(choice: NameChoice, labels: Sequence[str]) -> list[NameSource]:
    given: list[NameSource] = [read_names(choice.files)] if choice.files else []
    if choice.lexicon is not None:
        lexicon = Lexicon.open(choice.lexicon)
        if not set(labels) & set(lexicon.labels):
            raise ConfigurationError(
                f"augmentation.names.lexicon: {choice.lexicon} has names of "
                f"{', '.join(lexicon.labels)}, and the recipe learns {', '.join(labels)}"
            )
        given.append(LexiconNames(lexicon, labels))
    return given


def _templates(choice: TemplateMethod) -> list[Template]:
    if choice.file is not None:
        return read_templates(choice.file)
    if choice.lines:
        return parse_templates(choice.lines, "augmentation.templates.lines")
    return own_templates()
