"""A compiled lexicon: concepts by number, by id and by name, read from the file as needed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bioweave.lexicon.concept import LearnedCaution, LexiconConcept, LexiconName, SourceInfo
from bioweave.lexicon.container import SectionFile
from bioweave.lexicon.kinds import PREFERRED
from bioweave.lexicon.normalisation import normalise
from bioweave.lexicon.squeezing import squeezed_number
from bioweave.lexicon.strings import StringTable

Numbers = npt.NDArray[np.uint32]


class Lexicon:
    """A compiled file, memory-mapped: safe to share between threads, picklable by its path.

    Concepts, names and keys are numbered from 0. A *key* is a normalised name (`normalise`);
    several names share one, and so may several concepts: `lookup` gives them all. Arrays are
    views into the file and cannot be written to.

        lexicon = Lexicon.open("mesh.lexicon")
        for concept in lexicon.lookup("heart attacks", label="Disease"):
            print(concept.id, concept.name)
    """

    def __init__(self, sections: SectionFile) -> None:
        self.sections = sections
        info = sections.info
        self.sources = tuple(SourceInfo.from_json(source) for source in info["sources"])
        self.learned = tuple(LearnedCaution(**learned) for learned in info["learned"])
        self.labels: tuple[str, ...] = tuple(info["labels"])  # that concepts carry, sorted
        self.kinds: tuple[str, ...] = tuple(info["kinds"])  # of names, sorted

    @classmethod
    def open(cls, path: Path | str) -> Lexicon:
        """The lexicon that `bioweave lexicon build` wrote.

        Raises LexiconError where the file is none, is truncated, or is of a later version.
        """
        return cls(SectionFile(Path(path)))

    def __reduce__(self) -> tuple[object, ...]:
        return Lexicon.open, (self.path,)

    @property
    def path(self) -> Path:
        """The compiled file."""
        return self.sections.path

    @property
    def n_concepts(self) -> int:
        """How many concepts there are."""
        return len(self.concept_labels)

    @property
    def n_names(self) -> int:
        """How many names there are, with those that were made as variants of others."""
        return len(self.name_texts)

    @property
    def n_keys(self) -> int:
        """How many different normalised names there are."""
        return len(self.keys)

    # Concepts

    def concept(self, index: int) -> LexiconConcept:
        """The concept of this number, with all its names and properties."""
        start, end = self._concept_names[index : index + 2].tolist()
        names = tuple(
            LexiconName(text, self.kinds[kind], source)
            for text, kind, source in zip(
                self.name_texts[start:end],
                self.name_kinds[start:end].tolist(),
                self._name_sources[start:end].tolist(),
                strict=True,
            )
        )
        alternatives = self._alternatives[index]
        return LexiconConcept(
            index=index,
            id=self._ids[index],
            name=names[0].text,
            label=self.labels[self.concept_labels[index]],
            names=names,
            source=int(self._concept_sources[index]),
            alternative_ids=tuple(alternatives.split("\n")) if alternatives else (),
            properties=self.properties(index),
        )

    def concepts(self, label: str | None = None) -> Iterator[LexiconConcept]:
        """All concepts in order of their numbers, or those of one label."""
        if label is None:
            yield from map(self.concept, range(self.n_concepts))
        elif label in self.labels:
            wanted = self.concept_labels == self.labels.index(label)
            yield from map(self.concept, np.flatnonzero(wanted).tolist())

    def index_of(self, id_: str) -> int | None:
        """The number of the concept with this id, or with this alternative id; None without one."""
        place = self._all_ids.find(id_)
        return None if place is None else int(self._id_concepts[place])

    def canonical_id(self, id_: str) -> str:
        """The id under which the lexicon has a concept; the same id where it lacks it."""
        index = self.index_of(id_)
        return id_ if index is None else self.concept_id(index)

    def concept_id(self, index: int) -> str:
        """The id alone: cheaper than the whole concept."""
        return self._ids[index]

    def concept_name(self, index: int) -> str:
        """The preferred name alone."""
        return self.name_texts[int(self._concept_names[index])]

    def concept_label(self, index: int) -> str:
        """The label alone."""
        return self.labels[int(self.concept_labels[index])]

    def properties(self, index: int) -> Mapping[str, str]:
        """What sources tell besides names: `taxon` of a gene, for instance; often nothing."""
        found: Mapping[str, str] = json.loads(
            self._property_sets[int(self._concept_properties[index])]
        )
        return found

    # Names

    def lookup(
        self, name: str, label: str | None = None, *, is_squeezed: bool = False
    ) -> tuple[LexiconConcept, ...]:
        """The concepts that have this name once both are normalised, of one label or of any.

        `is_squeezed` also disregards where spaces and hyphens are (`anti-inflammatory`,
        `antiinflammatory`). Those whose preferred name it is come first, then by number.
        """
        return tuple(map(self.concept, self.find(name, label, is_squeezed=is_squeezed)))

    def find(self, name: str, label: str | None = None, *, is_squeezed: bool = False) -> list[int]:
        """As `lookup`, but the concepts' numbers only."""
        key = normalise(name)
        if is_squeezed:
            keys = self.squeezed_keys(key)
        else:
            number = self.key_index(key)
            keys = [] if number is None else [number]
        is_preferred: dict[int, bool] = {}
        for key_number in keys:
            for place in self.key_names(key_number).tolist():
                concept = int(self.name_concepts[place])
                if label is None or self.concept_label(concept) == label:
                    is_name = self.kinds[self.name_kinds[place]] == PREFERRED
                    is_preferred[concept] = is_preferred.get(concept, False) or is_name
        return sorted(is_preferred, key=lambda concept: (not is_preferred[concept], concept))

    def key_index(self, key: str) -> int | None:
        """The number of a key, which must be normalised already; None where no name has it."""
        return self.keys.find(key)

    def squeezed_keys(self, key: str) -> list[int]:
        """The numbers of the keys that are this one once spaces are taken out of both."""
        squeezed = key.replace(" ", "")
        hashes = self._squeezed_hashes
        wanted = np.uint64(squeezed_number(squeezed))
        start, end = (
            np.searchsorted(hashes, wanted, "left"),
            np.searchsorted(hashes, wanted, "right"),
        )
        numbers = self._squeezed_keys[start:end].tolist()
        return [number for number in numbers if self.keys[number].replace(" ", "") == squeezed]

    def keys_of(self, label: str) -> Iterator[str]:
        """The keys of the names that concepts of one label have, sorted."""
        is_label = self.concept_labels == self.labels.index(label)
        numbers = np.unique(self.name_keys[is_label[self.name_concepts]])
        yield from map(self.keys.__getitem__, numbers.tolist())

    def key_names(self, key: int) -> Numbers:
        """The numbers of the names that share a key."""
        return self._key_names[self._key_offsets[key] : self._key_offsets[key + 1]]

    @cached_property
    def keys(self) -> StringTable:
        """Every distinct normalised name, sorted: a sequence that decodes what it is asked for."""
        return StringTable.read(self.sections, "key")

    @cached_property
    def name_texts(self) -> StringTable:
        """Every name as its source spells it; a concept's stand together, preferred first."""
        return StringTable.read(self.sections, "name")

    @cached_property
    def name_keys(self) -> Numbers:
        """[names]: the number of each name's key."""
        return self.sections.array("name.key")

    @cached_property
    def name_concepts(self) -> Numbers:
        """[names]: the number of each name's concept; never decreases."""
        return self.sections.array("name.concept")

    @cached_property
    def name_kinds(self) -> npt.NDArray[np.uint8]:
        """[names]: the number of each name's kind in `kinds`."""
        return self.sections.array("name.kind")

    @cached_property
    def concept_labels(self) -> npt.NDArray[np.uint8]:
        """[concepts]: the number of each concept's label in `labels`."""
        return self.sections.array("concept.label")

    # What stands behind them

    @cached_property
    def _ids(self) -> StringTable:
        return StringTable.read(self.sections, "concept.id")

    @cached_property
    def _all_ids(self) -> StringTable:
        return StringTable.read(self.sections, "id")

    @cached_property
    def _id_concepts(self) -> Numbers:
        return self.sections.array("id.concept")

    @cached_property
    def _alternatives(self) -> StringTable:
        return StringTable.read(self.sections, "concept.alternatives")

    @cached_property
    def _concept_names(self) -> Numbers:
        return self.sections.array("concept.names")

    @cached_property
    def _concept_sources(self) -> npt.NDArray[np.uint16]:
        return self.sections.array("concept.source")

    @cached_property
    def _concept_properties(self) -> Numbers:
        return self.sections.array("concept.properties")

    @cached_property
    def _property_sets(self) -> StringTable:
        return StringTable.read(self.sections, "properties")

    @cached_property
    def _name_sources(self) -> npt.NDArray[np.uint16]:
        return self.sections.array("name.source")

    @cached_property
    def _key_offsets(self) -> Numbers:
        return self.sections.array("key.name_offsets")

    @cached_property
    def _key_names(self) -> Numbers:
        return self.sections.array("key.names")

    @cached_property
    def _squeezed_hashes(self) -> npt.NDArray[np.uint64]:
        return self.sections.array("squeezed.number")

    @cached_property
    def _squeezed_keys(self) -> Numbers:
        return self.sections.array("squeezed.key")
