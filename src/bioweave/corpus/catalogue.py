"""The corpora that bioweave knows by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from bioweave.corpus.concepts import (
    disease_concepts,
    gene_concepts,
    species_concepts,
    variant_concepts,
)
from bioweave.corpus.labels import TYPE_LABELS
from bioweave.corpus.reading.bc2gm import Bc2gmReader
from bioweave.corpus.reading.genia_pos import GeniaPosReader
from bioweave.corpus.reading.jnlpba import JnlpbaReader
from bioweave.corpus.reading.pubtator import PubTatorReader
from bioweave.corpus.reading.source import Reader
from bioweave.corpus.reading.standoff import StandoffReader
from bioweave.corpus.reading.tables import TableReader


@dataclass(frozen=True, slots=True)
class Entry:
    """What the catalogue holds of a corpus: facts that its files do not tell, and its reader."""

    title: str
    unit: str
    format: str
    licence: str
    reader: Reader


_PUBLIC_DOMAIN = "US public domain"

_VARIANTS = [type_ for type_, label in TYPE_LABELS["tmvar3"].items() if label == "Variant"]

CATALOGUE: Mapping[str, Entry] = MappingProxyType(
    {
        "ncbi-disease": Entry(
            "diseases with MeSH or OMIM ids",
            "abstract",
            "PubTator",
            _PUBLIC_DOMAIN,
            PubTatorReader(
                "ncbi-disease",
                {
                    "train": "NCBItrainset_corpus.txt",
                    "dev": "NCBIdevelopset_corpus.txt",
                    "test": "NCBItestset_corpus.txt",
                },
                dict.fromkeys(TYPE_LABELS["ncbi-disease"], disease_concepts),
            ),
        ),
        "bc5cdr": Entry(
            "chemicals and diseases with MeSH ids, and which chemical induces which disease",
            "abstract",
            "PubTator",
            _PUBLIC_DOMAIN,
            PubTatorReader(
                "bc5cdr",
                {
                    "train": "CDR_TrainingSet.PubTator.txt",
                    "dev": "CDR_DevelopmentSet.PubTator.txt",
                    "test": "CDR_TestSet.PubTator.txt",
                },
                {"Chemical": disease_concepts, "Disease": disease_concepts},
            ),
        ),
        "bc2gm": Entry(
            "genes, with the alternative boundaries that BioCreative II's scorer accepts",
            "sentence",
            "sentences, and offsets that do not count spaces",
            _PUBLIC_DOMAIN,
            Bc2gmReader(),
        ),
        "jnlpba": Entry(
            "proteins, DNA, RNA, cell lines, cell types",
            "abstract",
            "CoNLL (IOB2)",
            "GENIA (CC-BY-3.0)",
            JnlpbaReader(),
        ),
        "gnormplus": Entry(
            "genes with Entrez ids, gene families, domains",
            "abstract",
            "PubTator",
            "unstated",
            PubTatorReader(
                "gnormplus", {"train": "GNormPlus_Train.PubTator"}, {"Gene": gene_concepts}
            ),
        ),
        "linnaeus": Entry(
            "species with NCBI taxonomy ids, in full text",
            "article",
            "PubTator",
            "CC-BY-4.0",
            PubTatorReader(
                "linnaeus",
                {"train": "Linnaeus_Train.PubTator", "test": "Linnaeus_Test.PubTator"},
                {"Species": species_concepts},
                id_prefix="PMC",
            ),
        ),
        "s800": Entry(
            "species with NCBI taxonomy ids",
            "abstract",
            "PubTator",
            "unstated",
            PubTatorReader(
                "s800",
                {"train": "SPECIES_Train.PubTator", "test": "SPECIES_Test.PubTator"},
                {"Species": species_concepts},
            ),
        ),
        "tmvar3": Entry(
            "variants with dbSNP ids, genes, diseases, species, cell lines",
            "abstract",
            "PubTator",
            "unstated",
            PubTatorReader(
                "tmvar3",
                {"train": "tmVar3_Train.PubTator", "test": "tmVar3_Test.PubTator"},
                # A cell line's id column holds its species, which is no id of the cell line.
                {
                    "Disease": disease_concepts,
                    "Gene": gene_concepts,
                    "Species": species_concepts,
                    **dict.fromkeys(_VARIANTS, variant_concepts),
                },
            ),
        ),
        "anatem": Entry(
            "anatomical entities, in abstracts and in extracts of full text",
            "abstract or extract",
            "standoff (brat)",
            "CC-BY-SA-3.0",
            StandoffReader(
                "anatem", {"train": "train", "dev": "devel", "test": "test"}, required=".ann"
            ),
        ),
        "bionlp13cg": Entry(
            "cancer genetics: 16 types, nested, with events (none given for test)",
            "abstract",
            "standoff (a1, a2)",
            "CC-BY-SA-3.0 or GENIA; see LICENSE",
            StandoffReader(
                "bionlp13cg",
                {"train": "train", "dev": "devel", "test": "test"},
                required=".a1",
                optional=".a2",
            ),
        ),
        "chemprot": Entry(
            "chemicals, genes, and ten groups of relations",
            "abstract",
            "tables",
            _PUBLIC_DOMAIN,
            TableReader(
                "chemprot",
                {
                    "train": (
                        "chemprot_training_abstracts.tsv",
                        "chemprot_training_entities.tsv",
                        "chemprot_training_relations.tsv",
                    ),
                    "dev": (
                        "chemprot_development_abstracts.tsv",
                        "chemprot_development_entities.tsv",
                        "chemprot_development_relations.tsv",
                    ),
                    "test": (
                        "chemprot_test_abstracts_gs.tsv",
                        "chemprot_test_entities_gs.tsv",
                        "chemprot_test_relations_gs.tsv",
                    ),
                },
            ),
        ),
        "drugprot": Entry(
            "chemicals, genes, and 13 relations",
            "abstract",
            "tables",
            "CC-BY-4.0",
            TableReader(
                "drugprot",
                {
                    "train": (
                        "train_recovered_1689.tsv",
                        "drugprot_training_entities.tsv",
                        "drugprot_training_relations.tsv",
                    ),
                    "dev": (
                        "drugprot_development_abstracts.tsv",
                        "drugprot_development_entities.tsv",
                        "drugprot_development_relations.tsv",
                    ),
                },
            ),
        ),
        "genia-pos": Entry(
            "words with part of speech, no mentions",
            "abstract",
            "CoNLL",
            "CC-BY-4.0 as packaged",
            GeniaPosReader(),
        ),
    }
)
