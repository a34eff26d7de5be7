"""What the labels of relations and mentions are called in the Biolink Model.

Unni et al., Clinical and Translational Science 2022, and https://w3id.org/biolink. ChemProt's
groups are those of Krallinger et al., 2017, DrugProt's types those of Miranda et al., 2021.
"""

from __future__ import annotations

from dataclasses import dataclass

from bioweave.graph.summing import NO_LABEL


@dataclass(frozen=True, slots=True)
class Statement:
    """How Biolink says it: a predicate, and the qualifiers that make it exact.

    `direction` is that of the tail's activity or abundance, `mechanism` how the head brings it
    about. Where it `is_negated` the relation says that there is none.
    """

    predicate: str
    direction: str | None = None
    mechanism: str | None = None
    is_negated: bool = False


_UP, _DOWN = Statement("affects", "increased"), Statement("affects", "decreased")

STATEMENTS: dict[str, Statement] = {
    "CID": Statement("causes"),
    "CPR:0": Statement("related_to"),
    "CPR:1": Statement("part_of"),
    "CPR:2": Statement("affects"),
    "CPR:3": _UP,
    "CPR:4": _DOWN,
    "CPR:5": Statement("affects", "increased", "agonism"),
    "CPR:6": Statement("affects", "decreased", "antagonism"),
    "CPR:7": Statement("affects", None, "modulation"),
    "CPR:8": Statement("interacts_with"),
    # Substrate of, product of, or both: only what they have in common is known.
    "CPR:9": Statement("related_to"),
    "CPR:10": Statement("related_to", is_negated=True),
    "ACTIVATOR": Statement("affects", "increased", "activation"),
    "AGONIST": Statement("affects", "increased", "agonism"),
    "AGONIST-ACTIVATOR": Statement("affects", "increased", "agonism"),
    "AGONIST-INHIBITOR": _DOWN,
    "ANTAGONIST": Statement("affects", "decreased", "antagonism"),
    "DIRECT-REGULATOR": Statement("affects"),
    "INDIRECT-DOWNREGULATOR": _DOWN,
    "INDIRECT-UPREGULATOR": _UP,
    "INHIBITOR": Statement("affects", "decreased", "inhibition"),
    "PART-OF": Statement("part_of"),
    "PRODUCT-OF": Statement("related_to"),
    "SUBSTRATE": Statement("is_substrate_of"),
    "SUBSTRATE_PRODUCT-OF": Statement("related_to"),
}
"""By label; the head is the chemical."""

CATEGORIES = {
    "Disease": "Disease",
    "Chemical": "ChemicalEntity",
    "Gene": "Gene",
    "Species": "OrganismTaxon",
    "CellLine": "CellLine",
    "CellType": "Cell",
    "Variant": "SequenceVariant",
    NO_LABEL: "NamedThing",
}
"""By label of mentions; others are NamedThing."""

_OBO = "http://purl.obolibrary.org/obo/"
PREFIXES = {
    "MESH": "http://id.nlm.nih.gov/mesh/",
    "NCBIGene": "http://identifiers.org/ncbigene/",
    "NCBITaxon": f"{_OBO}NCBITaxon_",
    "OMIM": f"{_OBO}OMIM_",
    "UMLS": "http://identifiers.org/umls/",
    "RXNORM": "http://identifiers.org/rxcui/",
    "DBSNP": "http://identifiers.org/dbsnp/",
    "PMID": "http://www.ncbi.nlm.nih.gov/pubmed/",
} | {name: f"{_OBO}{name}_" for name in ("CHEBI", "CL", "CLO", "DOID", "GO", "HP", "MONDO")}
"""Where the ids of terminologies live, as Biolink expands them."""
