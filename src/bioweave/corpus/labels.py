"""The one table from a corpus's own types to bioweave's labels.

`docs/corpora.md` mirrors it, and a test holds the two against each other. A type that fits no
label keeps its own name. So does one that covers only a part of a label: the `Cancer` of
bionlp13cg is not Disease, since a model would learn from it that other diseases are none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

LABELS = ("Disease", "Chemical", "Gene", "Species", "CellLine", "CellType", "Variant")

_ANATOMY = (
    "Anatomical_system",
    "Cancer",
    "Cell",
    "Cellular_component",
    "Developing_anatomical_structure",
    "Immaterial_anatomical_entity",
    "Multi-tissue_structure",
    "Organ",
    "Organism_subdivision",
    "Organism_substance",
    "Pathological_formation",
    "Tissue",
)
_CHEMICAL_AND_GENE = {"CHEMICAL": "Chemical", "GENE-Y": "Gene", "GENE-N": "Gene"}

TYPE_LABELS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "ncbi-disease": {
            "SpecificDisease": "Disease",
            "DiseaseClass": "Disease",
            "Modifier": "Disease",
            "CompositeMention": "Disease",
        },
        "bc5cdr": {"Chemical": "Chemical", "Disease": "Disease"},
        "bc2gm": {"GENE": "Gene"},
        "jnlpba": {
            "protein": "Gene",
            "DNA": "DNA",
            "RNA": "RNA",
            "cell_line": "CellLine",
            "cell_type": "CellType",
        },
        "gnormplus": {"Gene": "Gene", "FamilyName": "Gene", "DomainMotif": "DomainMotif"},
        "linnaeus": {"Species": "Species"},
        "s800": {"Species": "Species"},
        "tmvar3": {
            "DNAMutation": "Variant",
            "ProteinMutation": "Variant",
            "SNP": "Variant",
            "DNAAllele": "Variant",
            "ProteinAllele": "Variant",
            "AcidChange": "Variant",
            "OtherMutation": "Variant",
            "Gene": "Gene",
            "Disease": "Disease",
            "Species": "Species",
            "CellLine": "CellLine",
        },
        "anatem": {name: name for name in _ANATOMY},
        "bionlp13cg": {
            **{name: name for name in _ANATOMY},
            "Gene_or_gene_product": "Gene",
            "Simple_chemical": "Chemical",
            "Amino_acid": "Chemical",
            "Organism": "Species",
        },
        "chemprot": _CHEMICAL_AND_GENE,
        "drugprot": {**_CHEMICAL_AND_GENE, "GENE": "Gene"},
        "genia-pos": {},
    }
)


RELATION_LABELS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "bc5cdr": ("CID",),
        # Ten groups, and 0 for what the annotators could not place.
        "chemprot": tuple(f"CPR:{number}" for number in range(11)),
        "drugprot": (
            "ACTIVATOR",
            "AGONIST",
            "AGONIST-ACTIVATOR",
            "AGONIST-INHIBITOR",
            "ANTAGONIST",
            "DIRECT-REGULATOR",
            "INDIRECT-DOWNREGULATOR",
            "INDIRECT-UPREGULATOR",
            "INHIBITOR",
            "PART-OF",
            "PRODUCT-OF",
            "SUBSTRATE",
            "SUBSTRATE_PRODUCT-OF",
        ),
    }
)
"""The labels of relations between two things, by corpus; events are not among them."""

# The groups that the shared task evaluated (Krallinger et al., 2017).
_SCORED = {"chemprot": ("CPR:3", "CPR:4", "CPR:5", "CPR:6", "CPR:9")}


def label_of(corpus: str, type_: str) -> str:
    """The label of a corpus's own type; the type itself where the table has none.

    >>> label_of("jnlpba", "protein"), label_of("jnlpba", "RNA")
    ('Gene', 'RNA')
    """
    return TYPE_LABELS.get(corpus, {}).get(type_, type_)


def labels_of(corpus: str) -> tuple[str, ...]:
    """The labels that a corpus annotates: bioweave's own first, then the kept names."""
    return in_order(TYPE_LABELS[corpus].values())


def scored_relations(corpus: str, labels: Iterable[str]) -> tuple[str, ...]:
    """Those of a corpus's relations that its task scores.

    >>> scored_relations("chemprot", RELATION_LABELS["chemprot"])
    ('CPR:3', 'CPR:4', 'CPR:5', 'CPR:6', 'CPR:9')
    """
    scored = _SCORED.get(corpus)
    return tuple(label for label in labels if scored is None or label in scored)


def in_order(labels: Iterable[str]) -> tuple[str, ...]:
    """Each label once: bioweave's own in their fixed order, then the others by name."""
    found = set(labels)
    return (*(label for label in LABELS if label in found), *sorted(found - set(LABELS)))
