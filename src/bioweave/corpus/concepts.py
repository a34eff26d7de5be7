"""A corpus's own spelling of concept ids -> ids in one style: `MESH:D000001`, `NCBIGene:1017`.

Each function takes the id column of one mention and gives the concepts in their order; an empty
column, `-` and `-1` say that the annotators found no concept, and give none. So does a part that
a function does not understand, which `column_oddities` tells.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from bioweave.corpus.defects import Action
from bioweave.document import Concept

ConceptReader = Callable[[str], tuple[Concept, ...]]

_MESH = re.compile(r"(?:MESH:)?([CD]\d+)")
_OMIM = re.compile(r"OMIM[:_](\d+)")
_NUMBER = re.compile(r"(\d+)(?:\(tax:\d+\))?", re.IGNORECASE)
_RS = re.compile(r"\brs(\d+)|RS#:([\d,]+)")
_JOINT = re.compile(r"[|+,;]")


def disease_concepts(column: str) -> tuple[Concept, ...]:
    """MeSH and OMIM ids; `|` joins those of a composite mention, `+` those of one concept.

    >>> [concept.id for concept in disease_concepts(" D004829+OMIM:215600|MESH:C535662")]
    ['MESH:D004829', 'OMIM:215600', 'MESH:C535662']
    """
    return _unique(_disease_id(part.strip()) for part in _JOINT.split(column))


def gene_concepts(column: str) -> tuple[Concept, ...]:
    """Entrez ids, joined by commas, with or without a species.

    >>> [concept.id for concept in gene_concepts("1017,12566(Tax:10090)")]
    ['NCBIGene:1017', 'NCBIGene:12566']
    """
    return _numbered("NCBIGene", column)


def species_concepts(column: str) -> tuple[Concept, ...]:
    """NCBI taxonomy ids.

    >>> species_concepts("9606")
    (Concept(id='NCBITaxon:9606', name=None, score=None),)
    """
    return _numbered("NCBITaxon", column)


def variant_concepts(column: str) -> tuple[Concept, ...]:
    """dbSNP ids: a plain `rs...`, or the `RS#:` field of a tmVar identifier.

    >>> [concept.id for concept in variant_concepts("c|SUB|G|7|C;Gene:3577;RS#:2234671")]
    ['dbSNP:rs2234671']
    """
    numbers = (number for pair in _RS.findall(column) for number in ",".join(pair).split(","))
    return _unique(f"dbSNP:rs{number}" for number in numbers if number)


def column_oddities(column: str, concepts: tuple[Concept, ...]) -> list[tuple[str, Action, str]]:
    """What is irregular in an id column: its kind, what became of it, and the column.

    >>> [kind for kind, _, _ in column_oddities("-1", ())]
    ['no concept (-1)']
    """
    core = column.strip()
    parts = _JOINT.split(core)
    oddities = []
    if column != core:
        oddities.append(("stray space in concept id", Action.REPAIRED))
    if core in ("-", "-1"):
        oddities.append((f"no concept ({core})", Action.KEPT))
    elif "-1" in parts:
        oddities.append(("no concept for a part (-1)", Action.KEPT))
    elif "VariantGroup" in core:  # a tmVar identifier, which has its own joints
        if not concepts:
            oddities.append(("variant without a dbSNP id", Action.KEPT))
    elif core and len(concepts) < len(set(parts)):
        oddities.append(("concept id not understood", Action.DROPPED))
    if len(concepts) > 1:
        joint = next((joint for joint in "+|;," if joint in core), "")
        oddities.append((f"several concepts joined by {joint}", Action.REPAIRED))
    if "MESH:" in core:
        oddities.append(("MESH: prefix", Action.REPAIRED))
    if any(concept.id.startswith("OMIM:") for concept in concepts):
        oddities.append(("OMIM id", Action.KEPT))
    return [(kind, action, repr(column)) for kind, action in oddities]


def _disease_id(part: str) -> str | None:
    if match := _MESH.fullmatch(part):
        return f"MESH:{match[1]}"
    if match := _OMIM.fullmatch(part):
        return f"OMIM:{match[1]}"
    return None


def _numbered(prefix: str, column: str) -> tuple[Concept, ...]:
    matches = (_NUMBER.fullmatch(part.strip()) for part in _JOINT.split(column))
    return _unique(f"{prefix}:{match[1]}" for match in matches if match)


def _unique(ids: Iterable[str | None]) -> tuple[Concept, ...]:
    return tuple(Concept(id_) for id_ in dict.fromkeys(ids) if id_ is not None)
