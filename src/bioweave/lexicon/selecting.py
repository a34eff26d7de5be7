"""A part of a lexicon as a file of its own: the concepts of some labels, for finding names."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

import numpy as np

from bioweave.errors import ConfigurationError
from bioweave.lexicon.compiling import compile_lexicon
from bioweave.lexicon.container import write_sections
from bioweave.lexicon.everyday import WordLists
from bioweave.lexicon.gathering import Gathered, GatheredConcept
from bioweave.lexicon.kinds import VARIANT
from bioweave.lexicon.lexicon import Lexicon
from bioweave.lexicon.likeness import LIKENESS

Names = frozenset[tuple[str, str]]  # of a term: an id and a name each


def select_labels(lexicon: Lexicon, labels: Collection[str], path: Path) -> None:
    """Write the lexicon's concepts of these labels, with what holds their names back.

    Sources keep their counts of the whole. The n-grams of names, the larger part of a file, which
    linking uses, are left out; the same lexicon and labels give the same bytes. Raises
    ConfigurationError for a label that the lexicon lacks.
    """
    missing = sorted(set(labels) - set(lexicon.labels))
    if missing or not labels:
        raise ConfigurationError(
            f"{lexicon.path}: has no names of {', '.join(missing) or 'no label at all'}; its "
            f"labels are {', '.join(lexicon.labels)}"
        )
    sections = lexicon.sections
    kept = [name for name in sections.names if not name.startswith(LIKENESS)]
    if set(labels) == set(lexicon.labels):
        path.parent.mkdir(parents=True, exist_ok=True)
        if kept == list(sections.names):
            shutil.copyfile(lexicon.path, path)
        else:
            write_sections(path, sections.info, {name: sections.section(name) for name in kept})
        return
    compiled = compile_lexicon(
        Gathered(tuple(_concepts(lexicon, labels)), lexicon.sources), WordLists.make()
    )
    info = {
        **compiled.info,
        "learned": [one for one in sections.info["learned"] if one["label"] in labels],
    }
    parts = {name: one for name, one in compiled.sections.items() if not name.startswith(LIKENESS)}
    write_sections(path, info, parts)
    # Which names the user held back or kept, only the terms themselves tell.
    cautions = dict(_cautions(lexicon))
    selected = Lexicon.open(path)
    own = [cautions.get(names, caution) for names, caution in _cautions(selected)]
    write_sections(path, info, {**parts, "term.caution": np.array(own, np.uint8)})


def _concepts(lexicon: Lexicon, labels: Collection[str]) -> Iterator[GatheredConcept]:
    wanted = [lexicon.labels.index(label) for label in labels]
    for index in np.flatnonzero(np.isin(lexicon.concept_labels, wanted)).tolist():
        concept = lexicon.concept(index)
        yield GatheredConcept(
            id=concept.id,
            label=concept.label,
            source=concept.source,
            preferred=concept.name,
            # Variants are made anew.
            names={
                name.text: (name.kind, name.source)
                for name in concept.names
                if name.kind != VARIANT
            },
            alternative_ids=dict.fromkeys(concept.alternative_ids),
            properties=dict(concept.properties),
        )


def _cautions(lexicon: Lexicon) -> Iterator[tuple[Names, int]]:
    """Each term's names, and why to be careful with it."""
    offsets: Sequence[int] = lexicon.sections.array("term.name_offsets").tolist()
    names = lexicon.sections.array("term.names")
    for term, caution in enumerate(lexicon.sections.array("term.caution").tolist()):
        own = names[offsets[term] : offsets[term + 1]].tolist()
        yield (
            frozenset(
                (lexicon.concept_id(int(lexicon.name_concepts[name])), lexicon.name_texts[name])
                for name in own
            ),
            caution,
        )
