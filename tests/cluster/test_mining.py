"""Answers over Parquet, held against counting by hand."""

from __future__ import annotations

import json
import math
from collections import Counter
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import fisher_exact
from typer.testing import CliRunner

from bioweave.cli.main import app
from bioweave.cluster.association import fisher_p, pointwise_information
from bioweave.cluster.folder import RunFolder
from bioweave.cluster.mining import MinedRun
from bioweave.cluster.shard_output import ShardOutput
from bioweave.document import Concept, Document, Mention
from bioweave.errors import ConfigurationError
from bioweave.text import segment

NAMES = {
    "aspirin": ("Chemical", "MESH:D001241"),
    "gout": ("Disease", "MESH:D006073"),
    "ulcer": ("Disease", "MESH:D014456"),
    "zorbinol": ("Chemical", None),
}
TEXTS = (
    ["Aspirin for gout. Aspirin for ulcer."] * 6
    + ["Zorbinol for gout."] * 3
    + ["Gout. Aspirin is not for it."] * 2
    + ["Ulcer."] * 4
    + ["Nothing of note."] * 15
)


def document_of(number: int, text: str) -> Document:
    mentions = []
    for name, (label, concept) in NAMES.items():
        start = text.lower().find(name)
        while start >= 0:
            found = text[start : start + len(name)]
            concepts = (Concept(concept, name.title(), 0.9),) if concept else ()
            mentions.append(Mention(start, start + len(name), found, label, 0.75, concepts))
            start = text.lower().find(name, start + 1)
    year = {"year": 2000 + number % 3} if number % 7 else {}
    return Document(f"d{number}", text, metadata=year).with_mentions(mentions)


DOCUMENTS = [document_of(number, text) for number, text in enumerate(TEXTS)]


@pytest.fixture(scope="module")
def out(tmp_path_factory) -> Path:
    """Three shards of a run."""
    path = tmp_path_factory.mktemp("run's")
    folder = RunFolder(path)
    for shard in range(3):
        folder.shard(shard).mkdir()
        output = ShardOutput(folder.shard(shard), "parquet")
        for document in DOCUMENTS[shard::3]:
            output.write(document, segment(document.text))
        output.close()
    n_sentences = sum(len(segment(text)) for text in TEXTS)
    (path / "manifest.json").write_text('{"to": "parquet"}')
    report = {"documents": len(TEXTS), "sentences": n_sentences}
    (path / "report.json").write_text(json.dumps(report))
    return path


@pytest.fixture(scope="module")
def run(out) -> MinedRun:
    return MinedRun(out)


def mentions_of(name: str) -> list[tuple[Document, Mention]]:
    return [(d, m) for d in DOCUMENTS for m in d.mentions if m.text.lower() == name]


def test_concepts_are_counted_by_mentions_and_documents(run):
    rows = run.concepts().rows
    expected = {
        NAMES[name][1]: (len(found), len({d.id for d, _ in found}))
        for name in NAMES
        if NAMES[name][1] and (found := mentions_of(name))
    }
    assert {row[0]: row[3:] for row in rows} == expected
    assert [row[3] for row in rows] == sorted((row[3] for row in rows), reverse=True)
    assert [row[0] for row in run.concepts("Chemical").rows] == ["MESH:D001241"]
    assert len(run.concepts(n=1).rows) == 1


def test_names_without_a_concept_wait_for_a_curator(run):
    [row] = run.unlinked().rows
    assert row[:4] == ("zorbinol", "Chemical", 3, 3)
    assert row[4] == pytest.approx(0.75)
    assert run.unlinked("Disease").rows == []


def test_documents_of_a_concept_and_of_a_name(run):
    rows = run.documents("MESH:D001241", n=100).rows
    assert {row[0]: row[1] for row in rows} == Counter(d.id for d, _ in mentions_of("aspirin"))
    assert {row[0] for row in run.documents("Zorbinol").rows} == {"d6", "d7", "d8"}
    assert run.documents("MESH:none").rows == []


def test_trend_counts_all_documents_of_each_year(run):
    years = Counter(d.metadata["year"] for d in DOCUMENTS if "year" in d.metadata)
    about = Counter(
        d.metadata["year"]
        for d in {d.id: d for d, _ in mentions_of("ulcer")}.values()
        if "year" in d.metadata
    )
    assert run.trend("MESH:D014456").rows == [
        (year, about[year], n, pytest.approx(100 * about[year] / n, abs=1e-4))
        for year, n in sorted(years.items())
    ]


YEARS = {
    2001: 2001, "2001": 2001, "2001-05-03": 2001, "2001 May": 2001, "03.05.2001": 2001,
    "20010503": 2001, "May 2002": 2002, 2002.0: 2002, "12001": None, "unknown": None, "": None,
    None: None, True: None,
}  # fmt: skip


def run_of(path: Path, documents: list[Document]) -> MinedRun:
    RunFolder(path).shard(0).mkdir()
    output = ShardOutput(RunFolder(path).shard(0), "parquet")
    for document in documents:
        output.write(document, segment(document.text))
    output.close()
    (path / "manifest.json").write_text('{"to": "parquet"}')
    report = {"documents": len(documents), "sentences": len(documents)}
    (path / "report.json").write_text(json.dumps(report))
    return MinedRun(path)


def test_trend_knows_years_that_are_strings_and_dates(tmp_path):
    documents = [
        replace(document_of(number, "Gout."), metadata={"year": year})
        for number, year in enumerate(YEARS)
    ]
    counted = Counter(year for year in YEARS.values() if year)
    assert run_of(tmp_path, documents).trend("MESH:D006073").rows == [
        (year, n, n, 100.0) for year, n in sorted(counted.items())
    ]


def test_what_has_two_labels_is_not_found_together_with_itself(tmp_path):
    text = "Lead for gout."
    mentions = [
        Mention(0, 4, "Lead", "Chemical", 0.9),
        Mention(0, 4, "Lead", "Disease", 0.9),
        Mention(9, 13, "gout", "Disease", 0.9),
    ]
    documents = [Document(f"d{n}", text).with_mentions(mentions) for n in range(3)]
    rows = run_of(tmp_path, documents).pairs("Chemical", "Disease").rows
    assert [(row[0], row[2], row[4]) for row in rows] == [("lead", "gout", 3)]


def test_a_folder_with_the_signs_of_patterns_is_read(tmp_path):
    folder = tmp_path / "run[1]*"
    folder.mkdir()
    assert len(run_of(folder, DOCUMENTS).concepts().rows) == 3


@pytest.mark.parametrize("by", ["document", "sentence"])
def test_pairs_are_those_that_share_a_unit(run, by):
    units = Counter()
    singles = Counter()
    n_units = 0
    for document in DOCUMENTS:
        sentences = [(s.start, s.end) for s in segment(document.text)]
        for start, end in sentences if by == "sentence" else [(0, len(document.text))]:
            n_units += 1
            inside = {
                (m.label, m.concepts[0].id if m.concepts else m.text.lower())
                for m in document.mentions
                if start <= m.start < end
            }
            singles.update(inside)
            kinds = [[s for label, s in inside if label == one] for one in ("Chemical", "Disease")]
            units.update(product(*kinds))
    rows = run.pairs("Chemical", "Disease", by).rows
    assert {(row[0], row[2]): row[4] for row in rows} == {
        pair: n for pair, n in units.items() if n > 1
    }
    for row in rows:
        both, one, other = row[4:7]
        assert one == singles["Chemical", row[0]]
        assert other == singles["Disease", row[2]]
        assert row[7] == pytest.approx(math.log2(both * n_units / (one * other)))
        table = [[both, one - both], [other - both, n_units - one - other + both]]
        assert row[8] == pytest.approx(fisher_exact(table, "greater").pvalue, rel=1e-9)


def test_pairs_within_a_label_come_once(run):
    pairs = [(row[0], row[2]) for row in run.pairs("Disease", "Disease").rows]
    assert pairs == [("MESH:D006073", "MESH:D014456")]


@given(st.data())
def test_fishers_p_is_scipys(data):
    n = data.draw(st.integers(1, 5_000))
    one, other = data.draw(st.integers(0, n)), data.draw(st.integers(0, n))
    both = data.draw(st.integers(max(0, one + other - n), min(one, other)))
    table = [[both, one - both], [other - both, n - one - other + both]]
    expected = fisher_exact(table, "greater").pvalue
    assert fisher_p(both, one, other, n) == pytest.approx(expected, rel=1e-8, abs=1e-300)


def test_what_is_never_together_has_no_information():
    assert pointwise_information(0, 3, 4, 10) == -math.inf


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({}, "no large run"),
        ({"manifest.json": {"to": "jsonl"}}, "holds jsonl"),
        ({"manifest.json": {"to": "parquet"}}, "not complete"),
    ],
)
def test_other_folders_are_refused(tmp_path, files, said):
    for name, content in files.items():
        (tmp_path / name).write_text(json.dumps(content))
    with pytest.raises(ConfigurationError, match=said):
        MinedRun(tmp_path)


class TestCommand:
    def ask(self, *arguments: object):
        return CliRunner().invoke(app, ["mine", *map(str, arguments)])

    def test_every_question_as_json(self, out):
        asked = {
            ("concepts", out, "--label", "Disease"): "concept",
            ("unlinked", out): "name",
            ("documents", out, "zorbinol"): "document",
            ("pairs", out, "Chemical", "Disease", "--by", "sentence"): "pmi",
            ("trend", out, "MESH:D006073"): "percent",
        }
        for arguments, column in asked.items():
            result = self.ask(*arguments, "--to", "json")
            assert result.exit_code == 0, result.stderr
            rows = json.loads(result.stdout)
            assert rows
            assert column in rows[0]

    def test_table_and_csv(self, out):
        assert "zorbinol" in self.ask("unlinked", out).stdout
        first, *rows = self.ask("concepts", out, "--to", "csv").stdout.splitlines()
        assert first == "concept,name,label,mentions,documents"
        assert len(rows) == 3

    def test_plot(self, out, tmp_path):
        pytest.importorskip("matplotlib")
        self.ask("trend", out, "MESH:D006073", "--plot", tmp_path / "t.png")
        assert (tmp_path / "t.png").read_bytes().startswith(b"\x89PNG")

    def test_a_folder_that_is_not_there_is_said(self, tmp_path):
        result = self.ask("concepts", tmp_path / "gone")
        assert result.exit_code == 2
        assert "no large run" in result.stderr
