"""What speaks for a concept: one row of figures per candidate, which the reranker weighs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bioweave.linking.learned import Ids
from bioweave.linking.thesaurus import PREFERRED, SYNONYM, Similar, Thesaurus

FEATURES = (
    # The name of the concept that looks most like the mention (or its long form).
    "cosine",
    "same key",
    "same words",
    "share of mention",  # of the mention's words, weighed by how telling they are
    "share of name",
    "name within mention",
    "mention within name",
    "same last word",
    "same numbers",  # numbers and single letters: "type 2", "hepatitis B"
    "numbers missing",
    "difference in length",  # in 30 characters, 1 at most
    "rank",  # 1 for the best name of all, 1/2 for the next
    "name of several concepts",
    "by long form",
    "preferred name",
    "synonym",
    # All names of the concept.
    "further names",  # that look alike, in fives
    "meaning",  # the cosine of the nearest in meaning
    "nearest in meaning",  # of all candidates
    "preferred name is the key",
    "synonym is the key",
    # What annotators did.
    "learned share",  # of the key's occurrences in annotated text
    "learned count",  # ln(1 + n), in fives
    "learned by long form",
    # The concept and the mention.
    "concept's count",  # ln(1 + n), in fives
    "several concepts",
    "in the lexicon",
    "supplementary record",  # a MeSH id with a C
    "of OMIM",
    "disease branch",  # of MeSH: C, F03
    "phenomenon branch",  # of MeSH: E, F, G, and no disease
    "chemical branch",  # of MeSH: D
    "short mention",
    "long form known",
)
_COSINE, _PREFERRED, _SYNONYM, _FURTHER = map(
    FEATURES.index, ("cosine", "preferred name", "synonym", "further names")
)
_MEANING, _NEAREST = map(FEATURES.index, ("meaning", "nearest in meaning"))
_PREFERRED_IS_KEY, _SYNONYM_IS_KEY = map(
    FEATURES.index, ("preferred name is the key", "synonym is the key")
)
_LEARNED_SHARE, _LEARNED_COUNT, _LEARNED_LONG = map(
    FEATURES.index, ("learned share", "learned count", "learned by long form")
)
_OF_CONCEPT = FEATURES.index("concept's count")
_ALIKE = 0.5  # names with this cosine count as further names
_SHORT = 5  # characters

Row = list[float]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Candidates with a row of `FEATURES` each: [candidates, features], float32."""

    candidates: tuple[Ids, ...]
    rows: npt.NDArray[np.float32]


def gather(
    keys: Sequence[str], has_long_form: bool, thesaurus: Thesaurus, n_similar: int
) -> Evidence:
    """What speaks for which concept where a mention goes by these keys.

    The first key is that of the long form where the document gives one, else the mention's own.
    Where a key is a known name, its concepts are the candidates; only where none is, names are
    looked for that look like them. Candidates are ordered by the cosine of their best name, then
    by id.
    """
    found: dict[Ids, Row] = {}
    names = [thesaurus.known(key) for key in keys]
    if not any(names):
        names = [tuple(thesaurus.similar(key, n_similar)) for key in keys]
    for place, (key, own) in enumerate(zip(keys, names, strict=True)):
        by_long_form = has_long_form and place == 0
        _compare(key, own, by_long_form, thesaurus, found)
        _recall(key, by_long_form, thesaurus, found)
    for ids, row in found.items():
        _describe(row, ids, keys, has_long_form, thesaurus)
    order = sorted(found, key=lambda ids: (-found[ids][_COSINE], ids))
    rows = np.array([found[ids] for ids in order], np.float32).reshape(-1, len(FEATURES))
    if len(rows):
        rows[:, _NEAREST] = rows[:, _MEANING] == rows[:, _MEANING].max()
    return Evidence(tuple(order), rows)


def _compare(
    key: str,
    names: Sequence[Similar],
    by_long_form: bool,
    thesaurus: Thesaurus,
    found: dict[Ids, Row],
) -> None:
    """Fill in what names say; of a concept's names that one which looks most like the key."""
    words = key.split()
    for rank, name in enumerate(sorted(names, key=lambda one: (-one.cosine, one.key))):
        of_name: Row | None = None
        meaning = thesaurus.likeness_in_meaning(key, name.key)
        for sense in name.senses:
            row = found.setdefault(sense.ids, [0.0] * len(FEATURES))
            row[_MEANING] = max(row[_MEANING], meaning)
            row[_FURTHER] = min(row[_FURTHER] + (name.cosine > _ALIKE) / 5, 1.0)
            if name.key == key:
                row[_PREFERRED_IS_KEY] = max(row[_PREFERRED_IS_KEY], sense.kind == PREFERRED)
                row[_SYNONYM_IS_KEY] = max(row[_SYNONYM_IS_KEY], sense.kind == SYNONYM)
            if name.cosine <= row[_COSINE]:
                continue
            if of_name is None:
                of_name = _likeness(key, words, name, thesaurus)
                of_name += [1 / (1 + rank), len(name.senses) > 1, by_long_form]
            row[: len(of_name)] = of_name
            row[_PREFERRED] = sense.kind == PREFERRED
            row[_SYNONYM] = sense.kind == SYNONYM


def _likeness(key: str, words: list[str], name: Similar, thesaurus: Thesaurus) -> Row:
    """The first features, in their order."""
    if name.key == key:
        return [name.cosine, 1, 1, 1, 1, 0, 0, 1, 1, 0, 0]
    its_words = name.key.split()
    own, its = frozenset(words), frozenset(its_words)
    shared = _weight(own & its, thesaurus)
    numbers, its_numbers = _numbers(own), _numbers(its)
    return [
        name.cosine,
        False,
        own == its,
        shared / _weight(own, thesaurus),
        shared / _weight(its, thesaurus),
        its < own,
        own < its,
        words[-1] == its_words[-1],
        numbers == its_numbers,
        bool(numbers - its_numbers),
        min(abs(len(key) - len(name.key)), 30) / 30,
    ]


def _recall(key: str, by_long_form: bool, thesaurus: Thesaurus, found: dict[Ids, Row]) -> None:
    """Fill in what annotators gave the key to."""
    learned = thesaurus.learned(key)
    total = sum(learned.values())
    for ids, n in learned.items():
        row = found.setdefault(ids, [0.0] * len(FEATURES))
        row[_LEARNED_SHARE] = max(row[_LEARNED_SHARE], n / total)
        row[_LEARNED_COUNT] = max(row[_LEARNED_COUNT], math.log1p(n) / 5)
        row[_LEARNED_LONG] = max(row[_LEARNED_LONG], by_long_form)


def _describe(
    row: Row, ids: Ids, keys: Sequence[str], has_long_form: bool, thesaurus: Thesaurus
) -> None:
    """Fill in the last features, which are the concept's and the mention's own."""
    first = ids[0]
    about = thesaurus.about(first)
    is_disease = any(tree.startswith(("C", "F03")) for tree in about.trees)
    row[_OF_CONCEPT:] = [
        math.log1p(min(thesaurus.about(id_).n_learned for id_ in ids)) / 5,
        len(ids) > 1,
        about.in_lexicon,
        first.startswith("MESH:C"),
        first.startswith("OMIM:"),
        is_disease,
        not is_disease and any(tree.startswith(("E", "F", "G")) for tree in about.trees),
        any(tree.startswith("D") for tree in about.trees),
        len(keys[-1]) <= _SHORT,
        has_long_form,
    ]


def _weight(words: frozenset[str], thesaurus: Thesaurus) -> float:
    """How telling the words are together; exact, since a set has no order to rely on."""
    return math.fsum(map(thesaurus.weight_of_word, words))


def _numbers(words: frozenset[str]) -> frozenset[str]:
    return frozenset(word for word in words if len(word) == 1 or word.isdigit())
