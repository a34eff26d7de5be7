from __future__ import annotations

import pytest

from bioweave.corpus.concepts import (
    ConceptReader,
    column_oddities,
    disease_concepts,
    gene_concepts,
    species_concepts,
    variant_concepts,
)


@pytest.mark.parametrize(
    ("read", "column", "ids"),
    [
        (disease_concepts, "D000001", ["MESH:D000001"]),
        (disease_concepts, "MESH:C535662", ["MESH:C535662"]),
        (disease_concepts, " D000001 ", ["MESH:D000001"]),
        (disease_concepts, "OMIM:300100|C535662", ["OMIM:300100", "MESH:C535662"]),
        (disease_concepts, "D1+D2|D3", ["MESH:D1", "MESH:D2", "MESH:D3"]),
        (disease_concepts, "OMIM_300100", ["OMIM:300100"]),
        (disease_concepts, "D1|D1", ["MESH:D1"]),
        (disease_concepts, "D1|-1", ["MESH:D1"]),
        (disease_concepts, "-1", []),
        (disease_concepts, "-", []),
        (disease_concepts, "", []),
        (gene_concepts, "1017", ["NCBIGene:1017"]),
        (gene_concepts, "7(Tax:10090),8(tax:9606),9", ["NCBIGene:7", "NCBIGene:8", "NCBIGene:9"]),
        (gene_concepts, "672;675", ["NCBIGene:672", "NCBIGene:675"]),
        (species_concepts, "9606", ["NCBITaxon:9606"]),
        (variant_concepts, "rs12;Disease:D1;VariantGroup:0", ["dbSNP:rs12"]),
        (
            variant_concepts,
            "c|SUB|A|1|G;Gene:2;RS#:34,56;VariantGroup:0",
            ["dbSNP:rs34", "dbSNP:rs56"],
        ),
        (variant_concepts, "c|SUB|A|1|G;Gene:2;VariantGroup:0", []),
    ],
)
def test_ids_are_spelled_in_one_way(read: ConceptReader, column: str, ids: list[str]) -> None:
    assert [concept.id for concept in read(column)] == ids


@pytest.mark.parametrize(
    ("column", "kinds"),
    [
        ("D000001", []),
        ("-1", ["no concept (-1)"]),
        ("D1|-1", ["no concept for a part (-1)"]),
        (" D1", ["stray space in concept id"]),
        ("MESH:D1", ["MESH: prefix"]),
        ("D1+OMIM:2", ["several concepts joined by +", "OMIM id"]),
        ("D1|D2", ["several concepts joined by |"]),
        ("OMOM_1,D2", ["concept id not understood"]),
        ("p|SUB|K|4|R;Gene:1;VariantGroup:0", ["variant without a dbSNP id"]),
    ],
)
def test_what_is_odd_is_told(column: str, kinds: list[str]) -> None:
    concepts = (variant_concepts if "VariantGroup" in column else disease_concepts)(column)
    assert [kind for kind, _, _ in column_oddities(column, concepts)] == kinds
