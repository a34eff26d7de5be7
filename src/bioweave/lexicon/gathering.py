"""Entries of many sources -> concepts, each id once, with what was wrong counted by source."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from bioweave.errors import ConfigurationError
from bioweave.lexicon.concept import SourceInfo
from bioweave.lexicon.ids import id_style
from bioweave.lexicon.kinds import PREFERRED, SYNONYM
from bioweave.lexicon.labels import BranchLabels
from bioweave.lexicon.sources import SourceEntry, SourceFile, SourceSettings, read_entries
from bioweave.lexicon.sources.codes import read_codes

LONGEST_NAME = 1000  # characters; longer ones are sentences or damage, and stand in no text
_WORD_CHARACTER = re.compile(r"[^\W_]")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_SPACES = re.compile(r"\s+")


@dataclass(slots=True)
class GatheredConcept:
    """A concept while sources add to it; `names` maps each spelling to its kind and source."""

    id: str
    label: str
    source: int
    preferred: str | None = None
    names: dict[str, tuple[str, int]] = field(default_factory=dict)
    alternative_ids: dict[str, None] = field(default_factory=dict)
    properties: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Gathered:
    """All concepts, in the order in which they first came up, and their sources."""

    concepts: tuple[GatheredConcept, ...]
    sources: tuple[SourceInfo, ...]


def gather(settings: Iterable[SourceSettings]) -> Gathered:
    """The concepts of several sources, read one after the other.

    Where sources speak of the same id, names and properties add up; the first one decides the label
    and the preferred name. Raises FormatError, with file and line, for a file that is damaged, and
    ConfigurationError where settings cannot give labels or leave nothing.
    """
    gathering = _Gathering()
    for one in settings:
        gathering.add(one)
    return gathering.finished()


class _Gathering:
    def __init__(self) -> None:
        self._concepts: dict[str, GatheredConcept] = {}
        # They may stand in a source that comes before their concepts.
        self._id_pairs: list[tuple[SourceFile, SourceEntry, str]] = []
        self._files: list[tuple[SourceFile, SourceSettings]] = []

    def add(self, settings: SourceSettings) -> None:
        """Read one source to its end."""
        file = SourceFile(settings.path, settings.encoding)
        self._files.append((file, settings))
        source = _OpenSource(file, settings, len(self._files) - 1)
        for entry in read_entries(file, settings):
            if not entry.id.strip():
                file.warn("empty id", entry.line)
            elif not entry.names:
                self._id_pairs.append((file, entry, source.style(entry.id)))
            else:
                self._add_entry(entry, source)

    def _add_entry(self, entry: SourceEntry, source: _OpenSource) -> None:
        id_ = source.style(entry.id)
        concept = self._concepts.get(id_)
        codes = source.codes_of(entry)
        if concept is None:
            label = source.label_of(entry, (*codes, id_))
            if not label:
                reason = "its branch has no label" if source.has_branches else "no label is given"
                source.file.warn(f"left out: {reason}", entry.line, id_)
                return
            concept = GatheredConcept(id_, label, source.number)
        self._add_names(concept, entry, source)
        if not concept.names:
            return
        self._concepts.setdefault(id_, concept)
        properties = {**source.settings.properties, **entry.properties}
        if codes:
            properties["codes"] = "|".join(codes)
        for key, value in properties.items():
            concept.properties.setdefault(key, value)
        for other in entry.alternative_ids:
            concept.alternative_ids.setdefault(source.style(other))

    def _add_names(self, concept: GatheredConcept, entry: SourceEntry, source: _OpenSource) -> None:
        file, number = source.file, source.number
        of_source = source.seen.setdefault(concept.id, set())
        for text, kind in entry.names:
            text = _SPACES.sub(" ", text).strip()
            problem = _problem(text)
            if problem is not None:
                file.warn(problem, entry.line, f"{concept.id} {text}".strip())
                continue
            if text in of_source:
                file.warn("duplicate name", entry.line, f"{concept.id} {text}")
                continue
            of_source.add(text)
            if kind == PREFERRED:
                if concept.preferred is None:
                    concept.preferred = text
                    concept.names[text] = (PREFERRED, number)
                    continue
                kind = SYNONYM
            concept.names.setdefault(text, (kind, number))

    def finished(self) -> Gathered:
        self._add_alternative_ids()
        concepts = tuple(self._concepts.values())
        if not concepts:
            reasons = "; ".join(
                f"{file.path}: {kind} ({count})"
                for file, _ in self._files
                for kind, count in file.warnings.items()
            )
            raise ConfigurationError(
                f"the sources hold no usable name{f': {reasons}' if reasons else ''}. Labels come "
                "from --label, from PROFILE:LABEL=FILE, or from --codes where a branch tells them"
            )
        for concept in concepts:
            if concept.preferred is None:
                concept.preferred = next(iter(concept.names))
                file = self._files[concept.source][0]
                file.warn("concept without a preferred name: its first is taken", None, concept.id)
        return Gathered(concepts, tuple(self._infos(concepts)))

    def _add_alternative_ids(self) -> None:
        for file, entry, id_ in self._id_pairs:
            concept = self._concepts.get(id_)
            for other in entry.alternative_ids:
                if concept is None:
                    file.warn("alternative id of a concept that is not there", entry.line, id_)
                else:
                    concept.alternative_ids.setdefault(id_style(None)(other))

    def _infos(self, concepts: Iterable[GatheredConcept]) -> Iterator[SourceInfo]:
        n_concepts = [0] * len(self._files)
        n_names = [0] * len(self._files)
        for concept in concepts:
            n_concepts[concept.source] += 1
            for _, source in concept.names.values():
                n_names[source] += 1
        for number, (file, settings) in enumerate(self._files):
            yield SourceInfo(
                name=settings.name or file.path.name,
                file=file.path.name,
                sha256=file.sha256(),
                version=settings.version or file.version or _year_of(file.plain_name),
                licence=settings.licence,
                n_concepts=n_concepts[number],
                n_names=n_names[number],
                warnings=dict(sorted(file.warnings.items())),
                examples={kind: tuple(file.examples[kind]) for kind in sorted(file.examples)},
            )


class _OpenSource:
    """A source while it is read: its rules, and which names of a concept it has given."""

    def __init__(self, file: SourceFile, settings: SourceSettings, number: int) -> None:
        self.file = file
        self.settings = settings
        self.number = number
        self.style = id_style(settings.prefix)
        self.seen: dict[str, set[str]] = {}
        self._labels = BranchLabels(settings.labels)
        self._codes: Mapping[str, tuple[str, ...]] = {}
        if settings.codes is not None:
            self._codes = read_codes(SourceFile(settings.codes, settings.encoding))

    @property
    def has_branches(self) -> bool:
        """Whether labels depend on codes."""
        return bool(self.settings.labels)

    def codes_of(self, entry: SourceEntry) -> tuple[str, ...]:
        """What the file and the table beside it say."""
        return (*entry.codes, *self._codes.get(entry.id.strip(), ()))

    def label_of(self, entry: SourceEntry, codes: Iterable[str]) -> str | None:
        """The entry's own label, that of its branch, or the source's; empty if not wanted."""
        if entry.label is not None:
            return entry.label
        of_branch = self._labels.of(codes)
        return self.settings.label if of_branch is None else of_branch


def _year_of(file_name: str) -> str | None:
    """The year in a file's name: mostly all that says of which edition a table is."""
    year = _YEAR.search(file_name)
    return year[0] if year else None


def _problem(name: str) -> str | None:
    if not name:
        return "empty name"
    if len(name) > LONGEST_NAME:
        return f"name of more than {LONGEST_NAME} characters left out"
    if _WORD_CHARACTER.search(name) is None:
        return "name without letter or digit left out"
    return None
