from __future__ import annotations

from pathlib import Path

import pytest

from bioweave.corpus import LABELS, TYPE_LABELS, corpus_names, info, label_of, labels_of
from bioweave.corpus.labels import in_order


def _table(page: str, first_heading: str, n_columns: int) -> list[tuple[str, ...]]:
    """The rows of the page's table whose columns begin so and are that many."""
    rows: list[tuple[str, ...]] = []
    inside = False
    for line in page.splitlines():
        cells = tuple(cell.strip() for cell in line.strip("|").split("|"))
        if not line.startswith("|"):
            inside = False
        elif len(cells) == n_columns and cells[:2] == ("corpus", first_heading):
            inside = True
        elif inside and set(cells[0]) != {"-"}:
            rows.append(cells)
    return rows


@pytest.fixture(scope="module")
def page(repository: Path) -> str:
    return (repository / "docs" / "corpora.md").read_text(encoding="utf-8")


def test_the_docs_mirror_the_table(page: str) -> None:
    documented = _table(page, "type", 3)
    coded = [
        (corpus, type_, label)
        for corpus, types in TYPE_LABELS.items()
        for type_, label in types.items()
    ]
    assert documented == coded


def test_the_docs_name_each_corpus_with_its_format_and_licence(page: str) -> None:
    rows = _table(page, "documents: train / dev / test", 5)
    documented = {name: (format_, licence) for name, _, _, format_, licence in rows}
    assert documented == {name: (info(name).format, info(name).licence) for name in corpus_names()}


def test_the_table_has_the_promised_rows() -> None:
    assert label_of("bc2gm", "GENE") == "Gene"
    assert label_of("jnlpba", "protein") == "Gene"
    assert label_of("chemprot", "GENE-Y") == label_of("chemprot", "GENE-N") == "Gene"
    assert labels_of("s800") == labels_of("linnaeus") == ("Species",)
    assert label_of("jnlpba", "RNA") == "RNA"


def test_every_label_is_bioweaves_or_the_type_itself() -> None:
    for types in TYPE_LABELS.values():
        assert all(label in LABELS or label == type_ for type_, label in types.items())


def test_a_type_outside_the_table_keeps_its_name() -> None:
    assert label_of("bc2gm", "Ribozyme") == "Ribozyme"
    assert label_of("my-own", "Gene") == "Gene"


def test_labels_stand_in_a_fixed_order() -> None:
    assert in_order(["RNA", "Gene", "DNA", "Disease", "Gene"]) == ("Disease", "Gene", "DNA", "RNA")
