"""What a lexicon holds: concepts, their names, and the sources they came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bioweave.lexicon.kinds import SYNONYM


@dataclass(frozen=True, slots=True)
class LexiconName:
    """A name as its source spells it.

    `kind` is `preferred`, `synonym`, `permuted` (words in another order, "Carcinoma, Renal
    Cell"), `symbol` (of a gene), `related` (broader, narrower or merely related) or what the source
    calls it, such as `xref:CHEBI`. `source` counts in the lexicon's `sources`.
    """

    text: str
    kind: str = SYNONYM
    source: int = 0


@dataclass(frozen=True, slots=True)
class LexiconConcept:
    """An entry of a terminology.

    `index` is its number in the lexicon, from 0, which arrays speak of. `id` has its prefix:
    `MESH:D001241`, `OMIM:114500`, `NCBIGene:7157`, `NCBITaxon:9606`. `name` is the preferred
    name, the first of `names`. `alternative_ids` are ids of other terminologies, or retired ones,
    that a source says mean the same. `properties` are what a source tells besides: `taxon` (of a
    gene: NCBI's number alone), `codes` (tree numbers or semantic types), `headings` (that a MeSH
    supplementary record is mapped to) and `xrefs`, several joined by bars.
    """

    index: int
    id: str
    name: str
    label: str
    names: tuple[LexiconName, ...]
    source: int = 0
    alternative_ids: tuple[str, ...] = ()
    properties: Mapping[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class SourceInfo:
    """Where concepts came from.

    `version` and `licence` are None where neither the file nor the user said so. `warnings` counts
    what was wrong in the file, by kind, and `examples` names the first places of each kind.
    """

    name: str
    file: str
    sha256: str
    version: str | None = None
    licence: str | None = None
    n_concepts: int = 0
    n_names: int = 0
    warnings: Mapping[str, int] = field(default_factory=dict, hash=False)
    examples: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)

    @classmethod
    def from_json(cls, fields: Mapping[str, Any]) -> SourceInfo:
        """What `dataclasses.asdict` made, once through JSON."""
        examples = {kind: tuple(places) for kind, places in fields["examples"].items()}
        return cls(**{**fields, "examples": examples})


@dataclass(frozen=True, slots=True)
class LearnedCaution:
    """A name that a corpus mostly leaves unannotated.

    `n_found` counts the places where it stands, `n_annotated` those of which some is annotated
    with the label.
    """

    key: str
    label: str
    n_found: int
    n_annotated: int
