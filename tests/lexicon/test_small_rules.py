"""Ids, labels, variants, and what names are to be careful with."""

from __future__ import annotations

import pytest

from bioweave.lexicon.everyday import Caution, WordLists, caution, is_own_case
from bioweave.lexicon.ids import id_style
from bioweave.lexicon.labels import BranchLabels
from bioweave.lexicon.normalisation import normalise
from bioweave.lexicon.variants import variants


@pytest.mark.parametrize(
    ("spelled", "prefix", "expected"),
    [
        ("D001241", None, "MESH:D001241"),
        ("mesh:D001241", "OTHER", "MESH:D001241"),
        ("MIM:114500", None, "OMIM:114500"),
        ("Entrez:7157", None, "NCBIGene:7157"),
        ("taxon:9606", None, "NCBITaxon:9606"),
        ("DOID:1", "MESH", "DOID:1"),
        ("7157", "NCBIGene", "NCBIGene:7157"),
        (" X1 ", None, "X1"),
        ("114500", {"MESH": r"[CD]\d+", "OMIM": r"\d+"}, "OMIM:114500"),
        ("odd", {"MESH": r"[CD]\d+"}, "odd"),
        ("7157", "", "7157"),
    ],
)
def test_ids(spelled: str, prefix: str | dict[str, str] | None, expected: str) -> None:
    assert id_style(prefix)(spelled) == expected


def test_the_longest_beginning_decides_and_then_the_first_in_the_table() -> None:
    labels = BranchLabels({"C": "Disease", "D": "Chemical", "D12.776": "", "A11": "CellType"})
    assert labels.of(["D02.1"]) == "Chemical"
    assert labels.of(["D12.776.1"]) == ""
    assert labels.of(["D12.776.1", "D02"]) == "Chemical"
    assert labels.of(["D02", "C04"]) == "Disease"
    assert labels.of(["Z01"]) is None
    assert labels.of([]) is None


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Diabetes Mellitus, Type 2", ["Type 2 Diabetes Mellitus"]),
        ("Tooth Agenesis, Selective, 6", ["Selective Tooth Agenesis 6"]),
        ("Asthma (disorder)", ["Asthma"]),
        ("Neoplasm, NOS", ["Neoplasm"]),
        ("Dystrophy, with cataract", []),
        ("2,3-dimethylhexane", []),
        ("acid, (2-chloro)", []),
        ("a, b, c, d, e", []),
        ("a, ", []),
    ],
)
def test_variants(name: str, expected: list[str]) -> None:
    assert list(variants(name)) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("A", Caution.SHORT),
        ("17", Caution.SHORT),
        ("III", Caution.SHORT),
        ("SET", Caution.CASE | Caution.CAPITALS),
        ("set", Caution.LISTED),
        ("Cell", Caution.LISTED),
        ("IN", Caution.SHORT),
        ("WAS", Caution.CASE | Caution.CAPITALS),
        ("was", Caution.LISTED),
        ("AT1", Caution.CASE | Caution.CAPITALS),
        ("AND-1", Caution.CASE | Caution.CAPITALS),
        ("A. means", Caution.CASE),
        ("AIDS", Caution.CASE | Caution.CAPITALS),
        ("Ras", Caution.CASE),
        ("flu", Caution.CASE),
        ("T4", Caution.CASE),
        ("p53", Caution.CASE),
        ("Asthma", Caution.NONE),
        ("ALBINISM", Caution.NONE),
        ("CD25", Caution.NONE),
    ],
)
def test_what_to_be_careful_with(name: str, expected: Caution) -> None:
    assert caution(name, normalise(name), WordLists.make()) == expected


def test_lists_can_be_added_to_and_taken_from() -> None:
    lists = WordLists.make(words=["Blots"], keep=["Cells", "of"])
    assert caution("BLOT", "blot", lists) == Caution.LISTED
    assert caution("cell", "cell", lists) == Caution.NONE
    assert caution("OF", "of", lists) == Caution.CASE | Caution.CAPITALS


def test_own_case() -> None:
    assert is_own_case("IL-2", "IL2")
    assert is_own_case("Flu", "flu")
    assert is_own_case("gout", "Gout")
    assert is_own_case("MRIs", "MRI")
    assert not is_own_case("can", "CAN")
    assert not is_own_case("Can", "CAN")
    assert not is_own_case("GOUT", "Gout")
    assert not is_own_case("in", "In")
    assert not is_own_case("a means", "A. means")
    assert not is_own_case("", "x")
