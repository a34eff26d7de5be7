"""Files cut into shards hold what they held whole."""

from __future__ import annotations

import gzip
import io
import json
import os
import tarfile
import zipfile
from pathlib import Path
from typing import BinaryIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from invented_pubmed import article, write_pubmed

from bioweave.cluster import part_stream
from bioweave.cluster.inputs import list_inputs
from bioweave.cluster.part_stream import ChangedError, UnreadableError
from bioweave.cluster.reading import Found, read_shard
from bioweave.cluster.shards import BYTES_PER_DOCUMENT, Shard, cut_shards
from bioweave.cluster.storage import open_at
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

    def test_what_stands_beside_documents_is_no_document(self, tmp_path):
        pytest.importorskip("fsspec")
        path = write_pubmed(tmp_path / "pubmed26n0001.xml.gz", [article(5)])
        for name in (f"{path.name}.md5", "README.txt", ".listing"):
            (tmp_path / name).write_text("MD5 (x) = 0")
        for named in (tmp_path, f"{tmp_path}/*", f"file://{tmp_path}", f"file://{tmp_path}/*"):
            [one] = list_inputs([str(named)])
            assert one.file.path.endswith("pubmed26n0001.xml.gz")

    def test_a_folder_that_may_not_be_read_is_not_passed_over(self, tmp_path, monkeypatch):
        (tmp_path / "closed").mkdir()
        (tmp_path / "a.txt").write_text("Gout.")
        really = os.scandir

        def scandir(path):
            if str(path).endswith("closed"):
                raise PermissionError(13, "Permission denied", str(path))
            return really(path)

        monkeypatch.setattr(os, "scandir", scandir)
        with pytest.raises(PermissionError, match="closed"):
            list_inputs([str(tmp_path)])

    def test_packed_lines_without_a_suffix_that_says_so_are_not_cut(self, tmp_path):
        lines = "".join(json.dumps({"id": f"d{n}", "text": str(n) * 9}) + "\n" for n in range(999))
        (tmp_path / "a.jsonl").write_bytes(gzip.compress(lines.encode()))
        documents, failed = all_of(shards_of(tmp_path, n_documents=1))
        assert len(documents) == 999
        assert failed == []

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

    def test_a_file_that_went_away_is_no_empty_file(self, tmp_path):
        (tmp_path / "a.txt").write_text("Gout.")
        shards = shards_of(tmp_path)
        (tmp_path / "a.txt").unlink()
        with pytest.raises(UnreadableError, match="No such file"):
            all_of(shards)

    @pytest.mark.parametrize("suffix", ["txt", "parquet"])
    def test_a_file_that_shrank_has_changed(self, tmp_path, suffix):
        path = tmp_path / f"a.{suffix}"
        with open_writer(path, "parquet") if suffix == "parquet" else path.open("w") as writer:
            writer.write(Document("d", "Gout.") if suffix == "parquet" else "Gout and more.")
        shards = shards_of(path)
        path.write_bytes(path.read_bytes()[:-5])
        with pytest.raises(ChangedError, match="changed while the run was at work"):
            all_of(shards)


class Blinking:
    """Files that break off, the first times that they are read from."""

    def __init__(self, times: int) -> None:
        self.left = times
        self.n_opened = 0

    def __call__(self, path: str, position: int) -> BinaryIO:
        self.n_opened += 1
        with open_at(path, position) as file:
            return BlinkingFile(self, file.read())


class BlinkingFile(io.BytesIO):
    def __init__(self, blinking: Blinking, content: bytes) -> None:
        super().__init__(content)
        self.blinking = blinking

    def read(self, size: int = -1) -> bytes:
        if self.blinking.left:
            self.blinking.left -= 1
            raise OSError(5, "Input/output error")
        return super().read(min(size, 100))


class TestPassingTroubles:
    @pytest.fixture
    def shards(self, tmp_path) -> list[Shard]:
        lines = [json.dumps({"id": f"d{n}", "text": "Gout."}) for n in range(50)]
        (tmp_path / "a.jsonl").write_text("\n".join(lines))
        return shards_of(tmp_path)

    @pytest.fixture(autouse=True)
    def at_once(self, monkeypatch):
        monkeypatch.setattr(part_stream, "SECONDS_BEFORE_ATTEMPTS", (0.0, 0.0, 0.0))

    def test_are_read_through(self, shards, monkeypatch):
        whole = all_of(shards)
        blinking = Blinking(3)
        monkeypatch.setattr(part_stream, "open_at", blinking)
        assert all_of(shards) == whole
        assert blinking.n_opened == 4

    def test_that_last_are_no_truth_about_the_file(self, shards, monkeypatch):
        monkeypatch.setattr(part_stream, "open_at", Blinking(1000))
        with pytest.raises(UnreadableError, match="Input/output error"):
            all_of(shards)

    def test_a_connection_that_ends_early_is_taken_up_where_it_was(self, shards, monkeypatch):
        fsspec = pytest.importorskip("fsspec")
        store = fsspec.filesystem("memory")
        store.pipe("/blinks/a.jsonl", Path(shards[0].parts[0].path).read_bytes())
        remote = shards_of("memory://blinks/a.jsonl")
        whole = all_of(shards)
        positions = []

        def short(path: str, position: int) -> BinaryIO:
            positions.append(position)
            with open_at(path, position) as file:
                return io.BytesIO(file.read(700))

        monkeypatch.setattr(part_stream, "open_at", short)
        assert all_of(remote) == whole
        assert positions[:3] == [0, 700, 1400]


class TestIds:
    def test_what_a_file_brings_is_kept_whatever_it_looks_like(self, tmp_path):
        for folder in "xy":
            (tmp_path / folder).mkdir()
            (tmp_path / folder / "notes.jsonl").write_text(
                '{"id": "notes-7", "text": "Gout."}\n{"text": "Ulcer."}\n'
                if folder == "x"
                else '{"id": "notes", "text": "Gout."}\n{"text": "Ulcer."}\n'
            )
        documents, _ = all_of(shards_of(tmp_path))
        assert [one.id for one in documents] == ["notes-7", "x/notes-2", "notes", "y/notes-2"]

    def test_made_ones_are_apart_whatever_files_are_called(self, tmp_path):
        names = (
            "x/a.txt", "x/a.jsonl", "y/a.txt", "y/a.jsonl", "x/b%20c.txt", "y/b c.txt",
            "z/n.jsonl", "z/n-1.txt", "z/n-2.txt",
        )  # fmt: skip
        for name in names:
            (tmp_path / name).parent.mkdir(exist_ok=True)
            text = '{"text": "Gout."}\n' * 2 if name.endswith(".jsonl") else "Gout."
            (tmp_path / name).write_text(text)
        documents, failed = all_of(shards_of(tmp_path))
        ids = [one.id for one in documents]
        assert len(ids) == len(set(ids)) == 12
        assert not failed

    def test_numbers_in_names_of_texts_stay(self, tmp_path):
        for name in ("n.txt", "n-1.txt", "n-2.txt"):
            (tmp_path / name).write_text("Gout.")
        assert {one.id for one in all_of(shards_of(tmp_path))[0]} == {"n", "n-1", "n-2"}

    def test_bioc_without_ids_is_numbered(self, tmp_path):
        (tmp_path / "a.xml").write_text(collection("", ""))
        assert [one.id for one in all_of(shards_of(tmp_path))[0]] == ["a-1", "a-2"]


def collection(*ids: str) -> str:
    documents = "".join(
        f"<document><id>{one}</id><passage><offset>0</offset><text>Gout of {one}.</text></passage>"
        "</document>"
        for one in ids
    )
    return f"<collection><source></source><date></date><key></key>{documents}</collection>"


def write_archive(path: Path, files: dict[str, str]) -> Path:
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in files.items():
                archive.writestr(name, content)
        return path
    with tarfile.open(path, f"w:{'gz' if path.suffix == '.gz' else ''}") as archive:
        for name, content in files.items():
            about = tarfile.TarInfo(name)
            about.size = len(content.encode())
            archive.addfile(about, io.BytesIO(content.encode()))
    return path


@pytest.mark.parametrize("name", ["PMC.tar.gz", "PMC.tar", "PMC.zip"])
class TestArchives:
    FILES = {  # noqa: RUF012
        "PMC/README.txt": "No document.",
        "PMC/one.xml": collection("PMC1", "PMC2"),
        "PMC/one.xml.md5": "0",
        "PMC/two.xml": collection("PMC3"),
        "PMC/three.txt": "Gout.",
    }

    def test_members_are_read_in_order(self, tmp_path, name):
        path = write_archive(tmp_path / name, self.FILES)
        documents, failed = all_of(shards_of(tmp_path))
        assert [one.id for one in documents] == ["PMC1", "PMC2", "PMC3", "PMC/PMC/three"]
        assert documents[2].text == "Gout of PMC3."
        assert failed == []
        found = [one for shard in shards_of(path) for one in read_shard(shard)]
        assert found[2].source == f"{path}/PMC/two.xml"

    def test_a_broken_member_spoils_no_other(self, tmp_path, name):
        files = {**self.FILES, "PMC/one.xml": collection("PMC1", "PMC2")[:-40]}
        path = write_archive(tmp_path / name, files)
        documents, failed = all_of(shards_of(path))
        assert [one.id for one in documents] == ["PMC1", "PMC3", "PMC/PMC/three"]
        assert [(one.source, one.ends_source) for one in failed] == [(f"{path}/PMC/one.xml", True)]

    def test_one_that_is_cut_short_is_told_of(self, tmp_path, name):
        files = {f"{n}.xml": collection(*(f"{n}-{m}" for m in range(90))) for n in range(30)}
        path = write_archive(tmp_path / name, files)
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
        _, failed = all_of(shards_of(path))
        assert failed
        assert failed[-1].ends_source

    def test_one_without_documents_is_told_of(self, tmp_path, name):
        path = write_archive(tmp_path / name, {"README.txt": "No document."})
        assert ["no file with documents" in one.reason for one in all_of(shards_of(path))[1]] == [
            True
        ]


def test_a_zip_is_cut_between_its_documents(tmp_path):
    files = {f"{n:02}.xml": collection(*(f"{n}-{m}" for m in range(90))) for n in range(30)}
    path = write_archive(tmp_path / "a.zip", files)
    shards = shards_of(path, n_documents=10)
    assert len(shards) > 5
    assert sum(shard.n_bytes for shard in shards) == path.stat().st_size
    assert all_of(shards) == all_of(shards_of(path, n_documents=100_000))
    assert len(all_of(shards)[0]) == 2700
