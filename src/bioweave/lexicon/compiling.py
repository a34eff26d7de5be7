"""Gathered concepts -> the sections of a compiled lexicon."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from itertools import accumulate
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from daachorse import CharwiseDoubleArrayAhoCorasick

from bioweave.lexicon.chunks import token_runs
from bioweave.lexicon.coding import BREAK, Vocabulary
from bioweave.lexicon.container import Section
from bioweave.lexicon.everyday import Caution, WordLists, caution
from bioweave.lexicon.gathering import Gathered, GatheredConcept
from bioweave.lexicon.kinds import PERMUTED, VARIANT
from bioweave.lexicon.likeness import likeness_sections
from bioweave.lexicon.normalisation import normalise
from bioweave.lexicon.squeezing import squeezed_number
from bioweave.lexicon.strings import string_sections
from bioweave.lexicon.variants import variants

ALTERNATIVE_SEPARATOR = "\n"


class Compiled(NamedTuple):
    """What `write_sections` takes."""

    info: dict[str, Any]
    sections: dict[str, Section]


class _Name(NamedTuple):
    text: str
    kind: str
    source: int
    concept: int
    key: str


def compile_lexicon(gathered: Gathered, lists: WordLists) -> Compiled:
    """The lexicon's tables, and the automaton over its names.

    `lists` are everyday words, which are held back.
    """
    labels = sorted({concept.label for concept in gathered.concepts})
    names = [
        name for index, concept in enumerate(gathered.concepts) for name in _names(index, concept)
    ]
    kinds = sorted({name.kind for name in names})
    sections: dict[str, Section] = {}
    sections |= _concept_sections(gathered.concepts, names, labels)
    sections |= _name_sections(names, kinds)
    sections |= _likeness_sections(names, sections, len(labels))
    sections |= _term_sections(names, [labels.index(c.label) for c in gathered.concepts], lists)
    info = {
        "sources": [asdict(source) for source in gathered.sources],
        "labels": labels,
        "kinds": kinds,
        "learned": [],
    }
    return Compiled(info, sections)


def _names(index: int, concept: GatheredConcept) -> Iterator[_Name]:
    """A concept's names, the preferred one first, and variants behind them."""
    ordered = sorted(concept.names.items(), key=lambda item: item[0] != concept.preferred)
    keys: set[str] = set()
    for text, (kind, source) in ordered:
        key = normalise(text)
        keys.add(key)
        yield _Name(text, kind, source, index, key)
    for text, (kind, source) in ordered:
        for variant in variants(text) if kind != PERMUTED else ():
            key = normalise(variant)
            if key and key not in keys:
                keys.add(key)
                yield _Name(variant, VARIANT, source, index, key)


def _concept_sections(
    concepts: Iterable[GatheredConcept], names: Iterable[_Name], labels: list[str]
) -> Mapping[str, Section]:
    concepts = tuple(concepts)
    counts = np.bincount(
        np.fromiter((name.concept for name in names), np.int64), minlength=len(concepts)
    )
    properties = [
        json.dumps(concept.properties, sort_keys=True, ensure_ascii=False) for concept in concepts
    ]
    distinct = {text: place for place, text in enumerate(sorted(set(properties)))}
    alternatives = [ALTERNATIVE_SEPARATOR.join(concept.alternative_ids) for concept in concepts]
    # Own ids come last, so that they win over another concept's alternative id.
    by_id = {
        other: index
        for index in reversed(range(len(concepts)))
        for other in concepts[index].alternative_ids
    }
    by_id |= {concept.id: index for index, concept in enumerate(concepts)}
    ids = sorted(by_id)
    return {
        **string_sections("concept.id", (concept.id for concept in concepts)),
        "concept.label": _array((labels.index(concept.label) for concept in concepts), np.uint8),
        "concept.source": _array((concept.source for concept in concepts), np.uint16),
        "concept.names": _offsets(counts.tolist()),
        **string_sections("concept.alternatives", alternatives),
        "concept.properties": _array((distinct[text] for text in properties), np.uint32),
        **string_sections("properties", distinct),
        **string_sections("id", ids),
        "id.concept": _array((by_id[id_] for id_ in ids), np.uint32),
    }


def _name_sections(names: list[_Name], kinds: list[str]) -> Mapping[str, Section]:
    keys = sorted({name.key for name in names})
    numbers = {key: number for number, key in enumerate(keys)}
    name_keys = _array((numbers[name.key] for name in names), np.uint32)
    kind_numbers = {kind: number for number, kind in enumerate(kinds)}
    squeezed = _array((squeezed_number(key.replace(" ", "")) for key in keys), np.uint64)
    order = np.argsort(squeezed, kind="stable")
    return {
        **string_sections("name", (name.text for name in names)),
        "name.concept": _array((name.concept for name in names), np.uint32),
        "name.kind": _array((kind_numbers[name.kind] for name in names), np.uint8),
        "name.source": _array((name.source for name in names), np.uint16),
        "name.key": name_keys,
        **string_sections("key", keys),
        "key.name_offsets": _offsets(np.bincount(name_keys, minlength=len(keys)).tolist()),
        "key.names": np.argsort(name_keys, kind="stable").astype(np.uint32),
        "squeezed.number": squeezed[order],
        "squeezed.key": order.astype(np.uint32),
    }


def _likeness_sections(
    names: list[_Name], sections: Mapping[str, Section], n_labels: int
) -> Mapping[str, Section]:
    concept_labels = np.asarray(sections["concept.label"])
    name_labels = concept_labels[np.asarray(sections["name.concept"])]
    keys = sorted({name.key for name in names})
    return likeness_sections(keys, np.asarray(sections["name.key"]), name_labels, n_labels)


def _term_sections(
    names: list[_Name], concept_labels: list[int], lists: WordLists
) -> Mapping[str, Section]:
    """Patterns for the automaton, and for each of them its terms: one for each label."""
    cautions = [caution(name.text, name.key, lists) for name in names]
    runs = [set(token_runs(name.text)) for name in names]
    vocabulary = Vocabulary(
        sorted({token for of_name in runs for run in of_name for token in run} - {BREAK})
    )
    found: dict[str, list[int]] = {}
    for number, of_name in enumerate(runs):
        if cautions[number] == Caution.SHORT:
            continue  # it would be hit all the time and never be told
        for pattern in {vocabulary.encode(run) for run in of_name}:
            if pattern:
                found.setdefault(pattern, []).append(number)
    del runs
    patterns = sorted(found)
    pattern_terms: list[int] = []
    term_labels: list[int] = []
    term_cautions: list[int] = []
    term_sizes: list[int] = []
    term_names: list[int] = []
    for pattern in patterns:
        by_label: dict[int, list[int]] = {}
        for number in found[pattern]:
            by_label.setdefault(concept_labels[names[number].concept], []).append(number)
        pattern_terms.append(len(by_label))
        for label, numbers in sorted(by_label.items()):
            term_labels.append(label)
            term_cautions.append(_joint_caution(cautions[number] for number in numbers))
            term_sizes.append(len(numbers))
            term_names += numbers
    return {
        "vocabulary": vocabulary.to_bytes(),
        "automaton": CharwiseDoubleArrayAhoCorasick(patterns).serialize(),
        "pattern.terms": _offsets(pattern_terms),
        "term.label": _array(term_labels, np.uint8),
        "term.caution": _array(term_cautions, np.uint8),
        "term.name_offsets": _offsets(term_sizes),
        "term.names": _array(term_names, np.uint32),
    }


def _joint_caution(cautions: Iterable[Caution]) -> int:
    """What holds for all of a term's names; an everyday word stays one whoever is called so."""
    every = list(cautions)
    joint = every[0]
    for one in every:
        joint &= one
    if any(one & Caution.LISTED for one in every):
        # In capitals it may still be the symbol.
        symbols = [one for one in every if one & Caution.CAPITALS]
        joint = symbols[0] if symbols else Caution.LISTED
    return int(joint)


def _array(values: Iterable[int], dtype: type[np.unsignedinteger[Any]]) -> npt.NDArray[Any]:
    return np.fromiter(values, dtype)


def _offsets(sizes: Iterable[int]) -> npt.NDArray[np.uint32]:
    return np.fromiter(accumulate(sizes, initial=0), np.uint32)
