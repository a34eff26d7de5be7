"""Known terminologies: what their ids begin with, which labels they give, where they lie."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

_NLM = "US National Library of Medicine; free of charge, credit NLM"
_NCBI = "US public domain"
_CTD = "CTD: free for research and teaching, cite CTD; see ctdbase.org/about/legal.jsp"
_UMLS = "UMLS Metathesaurus licence"
_MESH_XML = "https://nlmpubs.nlm.nih.gov/projects/mesh/MESH_FILES/xmlmesh"
_NCBI_FTP = "https://ftp.ncbi.nlm.nih.gov"
_OBO = "https://purl.obolibrary.org/obo"

# MeSH tree numbers. A11 is cells, A11.251.210 cell lines; C and F03 are diseases.
MESH_LABELS: Mapping[str, str] = MappingProxyType(
    {
        "C": "Disease",
        "F03": "Disease",
        "D": "Chemical",
        "B": "Species",
        "A11.251.210": "CellLine",
        "A11": "CellType",
    }
)

_UMLS_TYPES = {
    "Disease": "T019 T020 T037 T046 T047 T048 T049 T050 T190 T191",
    "Chemical": "T103 T104 T109 T110 T114 T115 T119 T120 T121 T122 T123 T125 T127 T129 T130 T131 "
    "T195 T196 T197 T200",
    "Gene": "T028",
    "Species": "T001 T002 T004 T005 T007 T008 T010 T011 T012 T013 T014 T015 T016 T194 T204",
    "CellType": "T025",
}
# UMLS semantic types, by identifier.
UMLS_LABELS: Mapping[str, str] = MappingProxyType(
    {type_: label for label, types in _UMLS_TYPES.items() for type_ in types.split()}
)


@dataclass(frozen=True, slots=True)
class Profile:
    r"""What is known of a terminology; the fields of `SourceSettings` that it fills in.

    `address` is where the file can be fetched, and `member` its name within an archive; `md5` is
    the address of its published checksum. None where a licence stands before the file.
    """

    title: str
    licence: str
    format: str | None = None
    prefix: str | Mapping[str, str] | None = field(default=None, hash=False)
    label: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict, hash=False)
    address: str | None = None
    member: str | None = None
    md5: str | None = None


PROFILES: Mapping[str, Profile] = MappingProxyType(
    {
        "mesh": Profile(
            "MeSH",
            _NLM,
            prefix="MESH",
            labels=MESH_LABELS,
            address=f"{_MESH_XML}/desc2026.gz",
        ),
        "mesh-supplementary": Profile(
            "MeSH supplementary records",
            _NLM,
            prefix="MESH",
            address=f"{_MESH_XML}/supp2026.gz",
        ),
        "mesh-omim": Profile(
            "MeSH and OMIM diseases",
            "as its sources say",
            prefix={"MESH": r"[CDQ]\d+", "OMIM": r"(?:PS)?\d+"},
            label="Disease",
        ),
        "ncbi-gene": Profile(
            "NCBI Gene",
            _NCBI,
            prefix="NCBIGene",
            label="Gene",
            address=f"{_NCBI_FTP}/gene/DATA/GENE_INFO/Mammalia/Homo_sapiens.gene_info.gz",
        ),
        "ncbi-taxonomy": Profile(
            "NCBI Taxonomy",
            _NCBI,
            prefix="NCBITaxon",
            label="Species",
            address=f"{_NCBI_FTP}/pub/taxonomy/taxdump.tar.gz",
            member="names.dmp",
            md5=f"{_NCBI_FTP}/pub/taxonomy/taxdump.tar.gz.md5",
        ),
        "rxnorm": Profile("RxNorm", _UMLS, "rrf", prefix="RXNORM", label="Chemical"),
        "umls": Profile("UMLS Metathesaurus", _UMLS, "rrf", prefix="UMLS", labels=UMLS_LABELS),
        "ctd-diseases": Profile(
            "CTD diseases (MEDIC)",
            _CTD,
            "ctd",
            prefix={"MESH": r"[CD]\d+", "OMIM": r"\d+"},
            label="Disease",
            address="https://ctdbase.org/reports/CTD_diseases.tsv.gz",
        ),
        "ctd-chemicals": Profile(
            "CTD chemicals",
            _CTD,
            "ctd",
            prefix="MESH",
            label="Chemical",
            address="https://ctdbase.org/reports/CTD_chemicals.tsv.gz",
        ),
        "ctd-genes": Profile(
            "CTD genes",
            _CTD,
            "ctd",
            prefix="NCBIGene",
            label="Gene",
            address="https://ctdbase.org/reports/CTD_genes.tsv.gz",
        ),
        "do": Profile(
            "Human Disease Ontology",
            "CC0",
            label="Disease",
            address=f"{_OBO}/doid.obo",
        ),
        "mondo": Profile("MONDO", "CC BY 4.0", label="Disease", address=f"{_OBO}/mondo.obo"),
        "chebi": Profile(
            "ChEBI",
            "CC BY 4.0",
            "obo",
            label="Chemical",
            address="https://ftp.ebi.ac.uk/pub/databases/chebi/ontology/chebi.obo.gz",
        ),
        "cl": Profile(
            "Cell Ontology",
            "CC BY 4.0",
            "obo",
            labels={"CL:": "CellType"},
            address=f"{_OBO}/cl.obo",
        ),
        "cellosaurus": Profile(
            "Cellosaurus",
            "CC BY 4.0",
            "obo",
            label="CellLine",
            address="https://ftp.expasy.org/databases/cellosaurus/cellosaurus.obo",
        ),
        "id-pairs": Profile("alternative ids", "as its sources say", "id-pairs"),
    }
)
