"""Tables: tabs, gene_info, names.dmp, RRF, CTD, pairs of ids, codes."""

from __future__ import annotations

from pathlib import Path

import pytest

from bioweave.errors import ConfigurationError, FormatError
from bioweave.lexicon.sources import SourceEntry, SourceFile, SourceSettings, read_entries
from bioweave.lexicon.sources.codes import read_codes


def _read(path: Path, text: str, **settings: object) -> tuple[list[SourceEntry], SourceFile]:
    path.write_text(text, encoding="utf-8", newline="\n")
    file = SourceFile(path)
    return list(read_entries(file, SourceSettings(path, **settings))), file


def _names(entries: list[SourceEntry]) -> list[tuple[str, str, str]]:
    return [(entry.id, name.text, name.kind) for entry in entries for name in entry.names]


def test_a_table_with_a_header(tmp_path: Path) -> None:
    text = "id\tterm\tkind\nD1\tAspirin\tpref\nD1\tASA\tsyn\nD1\tAcid, a\tperm\nD1\tx\txref:Y\n"
    entries, _ = _read(tmp_path / "t.tsv", text)
    assert _names(entries) == [
        ("D1", "Aspirin", "preferred"),
        ("D1", "ASA", "synonym"),
        ("D1", "Acid, a", "permuted"),
        ("D1", "x", "xref:Y"),
    ]
    assert [entry.line for entry in entries] == [2, 3, 4, 5]


def test_a_table_without_a_header_and_with_two_columns(tmp_path: Path) -> None:
    entries, _ = _read(tmp_path / "t.tsv", "# made by hand\n\nD1\tAspirin\nD2\tGout\n")
    assert _names(entries) == [("D1", "Aspirin", "synonym"), ("D2", "Gout", "synonym")]


def test_a_header_says_where_columns_are(tmp_path: Path) -> None:
    text = "name\tlabel\tid\ttaxon\nTP53\tGene\t7157\t9606\n"
    (entry,), _ = _read(tmp_path / "t.tsv", text)
    assert (entry.id, entry.names[0].text, entry.label) == ("7157", "TP53", "Gene")
    assert entry.properties == {"taxon": "9606"}


def test_the_kind_alt_is_another_id(tmp_path: Path) -> None:
    (entry,), _ = _read(tmp_path / "t.tsv", "D1\tC1\talt\n")
    assert entry.alternative_ids == ("C1",)
    assert not entry.names


def test_a_line_without_tabs_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match=r"t\.tsv, line 2: 1 column.*'D2 Gout'"):
        _read(tmp_path / "t.tsv", "D1\tAspirin\nD2 Gout\n")


def test_pairs_of_ids(tmp_path: Path) -> None:
    entries, _ = _read(tmp_path / "t.tsv", "OMIM:1\tC1\nOMIM:2\tC1\n", format="id-pairs")
    assert [(entry.id, entry.alternative_ids) for entry in entries] == [
        ("C1", ("OMIM:1",)),
        ("C1", ("OMIM:2",)),
    ]
    entries, _ = _read(
        tmp_path / "t.tsv", "retired_id\tmesh2024_id\tn\nC1\tD1\t6\n", format="id-pairs"
    )
    assert [entry.id for entry in entries] == ["D1"]
    with pytest.raises(FormatError, match="line 2"):
        _read(tmp_path / "t.tsv", "C1\tD1\nC2\n", format="id-pairs")


_GENES = (
    "#tax_id\tGeneID\tSymbol\tLocusTag\tSynonyms\tdescription\tOther_designations\n"
    "9606\t7157\tTP53\t-\tBCC7|P53\ttumor protein p53\tantigen NY-CO-13|p53\n"
    "10090\t22059\tTrp53\t-\t-\ttransformation related protein 53\t-\n"
    "9606\t1\tNEWENTRY\t-\t-\tRecord to support submission\t-\n"
)


def test_genes_know_their_organism(tmp_path: Path) -> None:
    entries, file = _read(tmp_path / "gene_info", _GENES)
    assert [(entry.id, entry.properties["taxon"]) for entry in entries] == [
        ("7157", "9606"),
        ("22059", "10090"),
    ]
    assert [(name.text, name.kind) for name in entries[0].names] == [
        ("TP53", "preferred"),
        ("tumor protein p53", "name"),
        ("BCC7", "symbol"),
        ("P53", "symbol"),
        ("antigen NY-CO-13", "synonym"),
        ("p53", "synonym"),
    ]
    assert file.warnings == {"gene without a symbol left out": 1}
    entries, _ = _read(tmp_path / "gene_info", _GENES, taxa=("10090",))
    assert [entry.id for entry in entries] == ["22059"]


def test_damaged_genes_are_errors(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="line 3: 3 columns, and the header names 7"):
        _read(tmp_path / "gene_info", _GENES[: _GENES.index("Trp53") + 3])
    with pytest.raises(FormatError, match="names no column #tax_id"):
        _read(tmp_path / "g.tsv", "GeneID\tSymbol\n", format="gene-info")


_TAXA = (
    "9606\t|\tHomo sapiens\t|\t\t|\tscientific name\t|\n"
    "9606\t|\thuman\t|\t\t|\tgenbank common name\t|\n"
    "9606\t|\tHomo sapiens Linnaeus, 1758\t|\t\t|\tauthority\t|\n"
)


def test_organisms(tmp_path: Path) -> None:
    entries, file = _read(tmp_path / "names.dmp", _TAXA)
    assert _names(entries) == [
        ("9606", "Homo sapiens", "preferred"),
        ("9606", "human", "synonym"),
    ]
    assert file.warnings == {"name of class 'authority' left out": 1}
    with pytest.raises(FormatError, match="line 3: 2 columns"):
        _read(tmp_path / "names.dmp", _TAXA[:-40])


def _row(**cells: str) -> str:
    names = "CUI LAT TS LUI STT SUI ISPREF AUI SAUI SCUI SDUI SAB TTY CODE STR SRL SUPPRESS CVF"
    given = {"LAT": "ENG", "SUPPRESS": "N", **cells}
    return "".join(f"{given.get(name, '')}|" for name in names.split()) + "\n"


_CONCEPTS = (
    _row(CUI="C1", TS="P", STT="PF", ISPREF="Y", SAB="MSH", STR="Asthma")
    + _row(CUI="C1", LAT="GER", SAB="MSH", STR="Bronchialasthma")
    + _row(CUI="C1", SAB="SNOMEDCT_US", STR="Asthma (disorder)")
    + _row(CUI="C1", SAB="MSH", STR="Old name", SUPPRESS="O")
)


def test_rich_release_format(tmp_path: Path) -> None:
    entries, file = _read(tmp_path / "MRCONSO.RRF", _CONCEPTS)
    assert _names(entries) == [
        ("C1", "Asthma", "preferred"),
        ("C1", "Asthma (disorder)", "synonym"),
    ]
    assert file.warnings == {"suppressed row left out": 1}
    everything, _ = _read(tmp_path / "MRCONSO.RRF", _CONCEPTS, languages=(), suppressed=True)
    assert len(everything) == 4
    chosen, _ = _read(tmp_path / "MRCONSO.RRF", _CONCEPTS, vocabularies=("MSH",))
    assert _names(chosen) == [("C1", "Asthma", "preferred")]


def test_a_truncated_rrf_is_an_error_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match=r"MRCONSO\.RRF, line 4: 1[0-7] columns, expected 18"):
        _read(tmp_path / "MRCONSO.RRF", _CONCEPTS[:-6])


def test_codes(tmp_path: Path) -> None:
    path = tmp_path / "MRSTY.RRF"
    path.write_text("C1|T047|B2.2|Disease|AT1||\nC1|T033|A2|Finding|AT2||\n", encoding="utf-8")
    assert read_codes(SourceFile(path)) == {"C1": ("T047", "B2.2", "T033", "A2")}
    path = tmp_path / "trees.tsv"
    path.write_text("D1\tC04.1| C08\n\nD1\tF03\n", encoding="utf-8")
    assert read_codes(SourceFile(path)) == {"D1": ("C04.1", "C08", "F03")}
    path.write_text("D1 C04.1\n", encoding="utf-8")
    with pytest.raises(FormatError, match="line 1"):
        read_codes(SourceFile(path))


_DISEASES = (
    "# Report created: Fri Mar 01 10:00:00 EST 2024\n#\n# Fields:\n"
    "# DiseaseName,DiseaseID,AltDiseaseIDs,TreeNumbers,Synonyms\n#\n"
    'Asthma,MESH:D001249,OMIM:600807,C08.127|C20.543,"Asthma, Bronchial|Bronchial Asthma"\n'
)


def test_ctd(tmp_path: Path) -> None:
    (entry,), file = _read(tmp_path / "CTD_diseases.csv", _DISEASES)
    assert file.version == "Fri Mar 01 10:00:00 EST 2024"
    assert [name.text for name in entry.names] == [
        "Asthma",
        "Asthma, Bronchial",
        "Bronchial Asthma",
    ]
    assert entry.codes == ("C08.127", "C20.543")
    assert entry.alternative_ids == ("OMIM:600807",)
    assert entry.line == 6


def test_ctd_genes_with_tabs(tmp_path: Path) -> None:
    text = '# Fields:\n# GeneSymbol\tGeneName\tGeneID\tSynonyms\nTP53\tprotein "53"\t7157\tP53\n'
    (entry,), _ = _read(tmp_path / "CTD_genes.tsv", text)
    assert [(name.text, name.kind) for name in entry.names] == [
        ("TP53", "preferred"),
        ('protein "53"', "name"),
        ("P53", "synonym"),
    ]


def test_damaged_ctd(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="line 6: 2 columns, and the header names 5"):
        _read(tmp_path / "c.csv", _DISEASES[: _DISEASES.index(",OMIM")])
    with pytest.raises(FormatError, match=r"line 6: no CSV: unexpected end of data"):
        _read(tmp_path / "c.csv", _DISEASES[:-5])
    with pytest.raises(FormatError, match="no comment '# Fields:'"):
        _read(tmp_path / "c.csv", "Asthma,MESH:D001249\n", format="ctd")


def test_an_unknown_format(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="unknown format 'xls'; expected one of tsv"):
        _read(tmp_path / "t.tsv", "a\tb\n", format="xls")
