"""Files cut into shards hold what they held whole."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from invented_pubmed import article, write_pubmed

from bioweave.cluster.inputs import list_inputs
from bioweave.cluster.reading import Found, read_shard
from bioweave.cluster.shards import BYTES_PER_DOCUMENT, Shard, cut_shards
from bioweave.document import Document
from bioweave.errors import ConfigurationError, FormatError
from bioweave.formats import open_writer, read_documents


def shards_of(*paths: object, n_documents: int = 10_000) -> list[Shard]:
    return cut_shards(list_inputs([str(path) for path in paths]), n_documents)


def all_of(shards: list[Shard]) -> tuple[list[Document], list]:
    found = [one for shard in shards for one in read_shard(shard)]
    return (
        [one.document for one in found if isinstance(one, Found)],
        [one for one in found if not isinstance(one, Found)],
    )


class TestCutting:
    @given(
        st.lists(st.one_of(st.text("aé\u2028 ", max_size=3_000), st.none()), min_size=1),
        st.booleans(),
    )
    def test_jsonl_in_stretches_reads_as_the_whole_file(self, tmp_path_factory, texts, ends_well):
        path = tmp_path_factory.mktemp("in") / "notes.jsonl"
        lines = ["{broken" if text is None else json.dumps({"text": text}) for text in texts]
        path.write_text("\n".join(lines) + "\n" * ends_well, "utf-8")
        failures = []
        whole = list(read_documents(path, on_failure=failures.append))
        documents, failed = all_of(shards_of(path, n_documents=1))
        assert documents == whole
        assert [(one.line, one.reason) for one in failed] == [
            (one.line, one.reason) for one in failures
        ]
        assert {one.source for one in failed} <= {str(path)}

    def test_jsonl_is_cut_at_line_ends_near_the_size_asked_for(self, tmp_path):
        line = json.dumps({"text": "x" * 500}) + "\n"
        (tmp_path / "a.jsonl").write_text(line * 100)
        shards = shards_of(tmp_path / "a.jsonl", n_documents=10)
        sizes = [shard.n_bytes for shard in shards]
        assert sum(sizes) == 100 * len(line)
        assert len(sizes) > 1
        assert all(
            10 * BYTES_PER_DOCUMENT <= size < 10 * BYTES_PER_DOCUMENT + len(line)
            for size in sizes[:-1]
        )

    def test_parquet_is_cut_between_row_groups(self, tmp_path):
        path = tmp_path / "a.parquet"
        with open_writer(path, "parquet") as writer:
            for number in range(1000):
                writer.write(Document(f"d{number}", f"Text {number}."))
        shards = shards_of(path, n_documents=300)
        documents, failed = all_of(shards)
        assert len(shards) == 2
        assert sum(shard.n_bytes for shard in shards) == path.stat().st_size
        assert [document.id for document in documents] == [f"d{number}" for number in range(1000)]
        assert not failed

    def test_rows_without_ids_are_numbered_over_the_whole_file(self, tmp_path):
        import pyarrow as pa
        import pyarrow.parquet as pq

        table = pa.table({"text": [f"Text {number}." for number in range(100)]})
        pq.write_table(table, tmp_path / "a.parquet", row_group_size=10)
        documents, _ = all_of(shards_of(tmp_path / "a.parquet", n_documents=30))
        assert documents == list(read_documents(tmp_path / "a.parquet"))
        assert documents[-1].id == "a-100"

    def test_small_files_share_a_shard_and_large_ones_do_not(self, tmp_path):
        for number in range(5):
            (tmp_path / f"{number}.txt").write_text(f"Text {number}.")
        (tmp_path / "large.txt").write_text("Long. " * 1000)
        shards = shards_of(tmp_path, n_documents=100)
        assert [len(shard.parts) for shard in shards] == [5, 1]

    def test_a_shard_survives_the_manifest(self, tmp_path):
        (tmp_path / "a.jsonl").write_text('{"text": "x"}\n' * 500)
        for shard in shards_of(tmp_path, n_documents=1):
            assert Shard.from_json(json.loads(json.dumps(shard.as_json()))) == shard


class TestInputs:
    def test_files_of_pubmed_come_in_the_order_of_their_numbers(self, tmp_path):
        for name in (
            "update/pubmed26n1275.xml.gz",
            "baseline/pubmed26n0002.xml.gz",
            "baseline/pubmed25n1400.xml.gz",
        ):
            write_pubmed(tmp_path / name, [article(1)])
        inputs = list_inputs([str(tmp_path / "update"), str(tmp_path / "baseline")])
        names = [Path(one.file.path).name for one in inputs]
        assert names == ["pubmed25n1400.xml.gz", "pubmed26n0002.xml.gz", "pubmed26n1275.xml.gz"]
        assert {one.format for one in inputs} == {"pubmed-xml"}

    def test_patterns_folders_and_files_name_each_file_once(self, tmp_path, monkeypatch):
        for name in ("a.txt", "b.txt", "c.jsonl"):
            (tmp_path / name).write_text('{"text": "x"}')
        monkeypatch.chdir(tmp_path)
        inputs = list_inputs(["b.txt", "*.txt", str(tmp_path / "*.jsonl"), "."])
        assert [one.stem for one in inputs] == ["b", "a", "c"]

    def test_files_of_one_name_are_told_apart_by_their_folders(self, tmp_path):
        for name in ("x/notes.txt", "y/notes.txt", "y/other.txt"):
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).write_text("Gout.")
        documents, _ = all_of(shards_of(tmp_path))
        assert [document.id for document in documents] == ["x/notes", "y/notes", "other"]

    def test_url_reads_as_the_path_does(self, tmp_path):
        pytest.importorskip("fsspec")
        (tmp_path / "a.jsonl").write_text('{"text": "Gout."}\n' * 300)
        write_pubmed(tmp_path / "pubmed26n0001.xml.gz", [article(5)])
        with open_writer(tmp_path / "b.parquet", "parquet") as writer:
            writer.write(Document("b", "Gout."))
        plain = all_of(shards_of(tmp_path, n_documents=1))
        for url in (f"file://{tmp_path}", f"file://{tmp_path}/*"):
            assert all_of(shards_of(url, n_documents=1)) == plain

    @pytest.mark.parametrize(
        ("path", "error", "said"),
        [
            ("-", ConfigurationError, "standard input"),
            ("nowhere", FormatError, "no file or folder 'nowhere'"),
            ("*.nothing", FormatError, "nothing that it matches"),
            ("empty", FormatError, "no documents"),
            ("file:///nowhere/at/all", FormatError, "cannot be listed"),
            ("nosuchstore://x", FormatError, "no store of this kind"),
        ],
    )
    def test_what_is_not_there_is_said(self, tmp_path, monkeypatch, path, error, said):
        monkeypatch.chdir(tmp_path)
        (tmp_path / "empty").mkdir()
        with pytest.raises(error, match=said.replace("(", r"\(")):
            list_inputs([path])


class TestBrokenFiles:
    def test_truncated_gzip_keeps_what_was_whole(self, tmp_path):
        path = write_pubmed(
            tmp_path / "pubmed26n0001.xml.gz", [article(pmid) for pmid in range(1, 400)]
        )
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
        documents, failed = all_of(shards_of(path))
        assert 50 < len(documents) < 399
        assert [one.ends_source for one in failed] == [True]
        assert "truncated" in failed[0].reason

    def test_what_is_no_xml_has_no_documents(self, tmp_path):
        path = tmp_path / "pubmed26n0001.xml.gz"
        path.write_bytes(gzip.compress(b"<html><p>Service unavailable"))
        documents, failed = all_of(shards_of(path))
        assert documents == []
        assert [one.ends_source for one in failed] == [True]

    def test_a_file_that_went_away_is_told_of_and_the_next_is_read(self, tmp_path):
        for name in "ab":
            (tmp_path / f"{name}.txt").write_text("Gout.")
        shards = shards_of(tmp_path)
        (tmp_path / "a.txt").unlink()
        documents, failed = all_of(shards)
        assert [document.id for document in documents] == ["b"]
        assert "cannot be opened" in failed[0].reason
