"""Runs in this process: what is written, what is left out, and going on after interruptions."""

from __future__ import annotations

import gzip
import json
import os
import shutil
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from inline_engine import InlineEngine
from invented_pubmed import article, deletion, write_baseline, write_pubmed
from large_runs import assert_same_documents, quarantined, written_documents
from tiny_tagger import write_tiny_bundle

from bioweave.annotator import Annotator
from bioweave.bundle import open_bundle
from bioweave.cluster import Job, Limits, RunReport, part_stream, run_at_scale
from bioweave.cluster.annotation import SickWorkerError
from bioweave.cluster.folder import RunFolder
from bioweave.cluster.lock import alone_in
from bioweave.cluster.storage import open_at
from bioweave.cluster.work import Annotating, Identifying, _annotator
from bioweave.document import Document
from bioweave.errors import ConfigurationError, FormatError
from bioweave.formats import read_documents
from bioweave.text import segment

SMALL = Limits(documents_in_shard=10)


@pytest.fixture(scope="module")
def files(tmp_path_factory) -> Path:
    """Six files of PubMed: the last has two new versions and takes one article back."""
    folder = write_baseline(tmp_path_factory.mktemp("pubmed"), 5, 20)
    write_pubmed(
        folder / "pubmed26n0006.xml.gz",
        [article(7, version=1, text="Now of aspirin."), article(101), deletion(8), article(9)],
    )
    return folder


@pytest.fixture(scope="module")
def whole(files, tiny_settings, tmp_path_factory) -> tuple[dict[str, Document], RunReport]:
    """What an undisturbed run writes and reports."""
    out = tmp_path_factory.mktemp("whole")
    report = run_at_scale([str(files)], Job(out, tiny_settings), InlineEngine(), limits=SMALL)
    return written_documents(out), report


def counts_of(report: RunReport) -> dict:
    """What must be the same however often a run was interrupted."""
    values = report.as_json()
    for key in ("seconds", "worker_seconds", "documents_per_second", "words_per_second"):
        del values[key]
    del values["shards_done_earlier"]
    return values


class TestDocuments:
    def test_are_those_that_the_annotator_makes_of_the_newest_versions(
        self, files, whole, tiny_bundle
    ):
        newest = {}
        for path in sorted(files.iterdir()):
            newest.update({document.id: document for document in read_documents(path)})
        del newest["PMID:8"]
        annotator = Annotator(open_bundle(tiny_bundle), n_threads=1)
        expected = {document.id: document for document in annotator.pipe(newest.values())}
        documents, report = whole
        assert_same_documents(expected, documents)
        assert len(documents) == 100
        assert documents["PMID:7"].text == "Title 7. Now of aspirin."
        assert (report.n_replaced, report.n_deleted) == (2, 1)

    def test_report_counts_what_is_there(self, whole):
        documents, report = whole
        mentions = Counter(
            mention.label for document in documents.values() for mention in document.mentions
        )
        values = report.as_json()
        assert values["documents"] == len(documents)
        assert values["labels"] == dict(sorted(mentions.items()))
        assert values["characters"] == sum(len(one.text) for one in documents.values())
        assert (values["failed"], values["complete"], values["incomplete"]) == (0, True, [])
        assert values["words"] > values["mentions"] > 0
        assert values["sentences"] == sum(
            len(segment(one.text, one.passages)) for one in documents.values()
        )

    def test_as_jsonl_they_are_the_same(self, files, whole, tiny_settings, tmp_path):
        job = Job(tmp_path, tiny_settings, "jsonl")
        run_at_scale([str(files)], job, InlineEngine(), limits=SMALL)
        assert written_documents(tmp_path) == whole[0]
        assert {path.name for path in (tmp_path / "shard-00000").iterdir()} == {
            "documents.jsonl.gz",
            "record.json",
        }

    def test_tables_repeat_mentions_with_sentence_and_year(self, files, tiny_settings, tmp_path):
        import pyarrow.parquet as pq

        run_at_scale([str(files)], Job(tmp_path, tiny_settings), InlineEngine(), limits=SMALL)
        documents = written_documents(tmp_path)
        paths = sorted(tmp_path.glob("shard-*/mentions.parquet"))
        rows = [row for path in paths for row in pq.read_table(path).to_pylist()]
        assert len(rows) == sum(len(document.mentions) for document in documents.values())
        for row in rows:
            document = documents[row["document"]]
            mention = document.mentions[row["mention"]]
            assert (row["start"], row["end"], row["text"], row["label"]) == (
                *mention.span,
                mention.text,
                mention.label,
            )
            assert row["year"] == document.metadata["year"]
            sentence = segment(document.text, document.passages)[row["sentence"]]
            assert sentence.start <= mention.start < sentence.end

    def test_records_name_inputs_bundle_and_settings(self, files, tiny_settings, tmp_path):
        import hashlib

        settings = replace(tiny_settings, mode="recall", labels=("Disease",))
        run_at_scale([str(files)], Job(tmp_path, settings), InlineEngine(), limits=SMALL)
        record = RunFolder(tmp_path).record(2)
        source = files / "pubmed26n0003.xml.gz"
        assert [one["path"] for one in record["inputs"]] == [str(source)]
        assert record["inputs"][0]["sha256"] == hashlib.sha256(source.read_bytes()).hexdigest()
        assert record["bundle"]["name"] == "tiny"
        assert (record["mode"], record["labels"]) == ("recall", ["Disease"])


def write_shard(folder: Path, record: object) -> None:
    (folder / "documents.parquet").touch()
    (folder / "record.json").write_text(json.dumps(record))


class Interrupted(Exception):  # noqa: N818  it is no error
    pass


class TestGoingOn:
    @settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(places=st.lists(st.integers(0, 13), max_size=4))
    def test_interrupted_at_any_shards_it_ends_as_if_undisturbed(
        self, files, whole, tiny_settings, tmp_path_factory, places
    ):
        out = tmp_path_factory.mktemp("out")
        job = Job(out, tiny_settings)
        for place in places:
            left = [place]

            def before(work, shard, left=left):
                if not left[0]:
                    raise Interrupted
                left[0] -= 1

            try:
                run_at_scale([str(files)], job, InlineEngine(before), limits=SMALL)
            except Interrupted:
                assert not (out / "report.json").exists()
        report = run_at_scale([str(files)], job, InlineEngine(), limits=SMALL)
        assert_same_documents(whole[0], written_documents(out))
        assert counts_of(report) == counts_of(whole[1])
        assert not (out / ".work").exists()

    def test_what_a_killed_worker_left_is_cleared(self, files, whole, tiny_settings, tmp_path):
        half = tmp_path / ".work" / "writing" / "00001-half"
        half.mkdir(parents=True)
        (half / "documents.parquet").write_bytes(b"PAR1 and not much more")
        run_at_scale([str(files)], Job(tmp_path, tiny_settings), InlineEngine(), limits=SMALL)
        assert_same_documents(whole[0], written_documents(tmp_path))

    def test_of_two_workers_at_one_shard_the_first_is_kept(self, tmp_path):
        folder = RunFolder(tmp_path)
        with folder.writing(3) as late:
            write_shard(late, "late")
            with folder.writing(3) as early:
                write_shard(early, "early")
        assert folder.record(3) == "early"
        assert list((tmp_path / ".work" / "writing").iterdir()) == []

    def test_a_complete_run_is_only_reported(self, files, tiny_settings, tmp_path):
        job = Job(tmp_path, tiny_settings)
        first = run_at_scale([str(files)], job, InlineEngine(), limits=SMALL)

        def refuse(*_: object) -> None:
            raise AssertionError("there is nothing to do")

        again = run_at_scale([str(files)], job, InlineEngine(refuse), limits=SMALL)
        assert counts_of(again) == counts_of(first)
        assert again.n_earlier == again.n_shards == 6

    def test_shards_stay_as_they_were_cut_at_first(self, files, whole, tiny_settings, tmp_path):
        def stop(work, shard):
            if isinstance(work, Annotating) and shard.number == 2:
                raise Interrupted

        job = Job(tmp_path, tiny_settings)
        with pytest.raises(Interrupted):
            run_at_scale([str(files)], job, InlineEngine(stop), limits=SMALL)
        run_at_scale([str(files)], job, InlineEngine(), limits=Limits(100_000))
        assert_same_documents(whole[0], written_documents(tmp_path))

    def test_two_runs_in_one_folder_at_once_are_refused(self, files, tiny_settings, tmp_path):
        with (
            alone_in(tmp_path),
            pytest.raises(ConfigurationError, match="another run is at work"),
        ):
            run_at_scale([str(files)], Job(tmp_path, tiny_settings), InlineEngine())


class TestAnotherRun:
    @pytest.fixture
    def inputs(self, tmp_path) -> Path:
        (tmp_path / "in").mkdir()
        (tmp_path / "in" / "a.jsonl").write_text('{"id": "a", "text": "Gout."}\n')
        return tmp_path / "in"

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            ({"mode": "recall"}, "its mode"),
            ({"labels": ("Gene",)}, "its labels"),
            ({"model": "other"}, "its bundle"),
            ({"to": "jsonl"}, "its to"),
        ],
    )
    def test_other_settings_are_refused_unless_forced(
        self, inputs, tiny_settings, tmp_path, change, said
    ):
        out = tmp_path / "out"
        job = Job(out, tiny_settings)
        run_at_scale([str(inputs)], job, InlineEngine())
        (out / "notes.txt").write_text("mine")
        if "model" in change:
            change = {"model": str(write_tiny_bundle(tmp_path / "other", seed=5))}
        if "to" in change:
            other = replace(job, **change)
        else:
            other = replace(job, settings=replace(tiny_settings, **change))
        before = written_documents(out)
        with pytest.raises(ConfigurationError, match=said):
            run_at_scale([str(inputs)], other, InlineEngine())
        assert written_documents(out) == before
        run_at_scale([str(inputs)], other, InlineEngine(), is_forced=True)
        assert written_documents(out).keys() == before.keys()
        assert (out / "notes.txt").read_text() == "mine"
        run_at_scale([str(inputs)], other, InlineEngine())

    def test_an_older_schema_is_refused(self, inputs, tiny_settings, tmp_path):
        job = Job(tmp_path / "out", tiny_settings)
        run_at_scale([str(inputs)], job, InlineEngine())
        path = tmp_path / "out" / "manifest.json"
        path.write_text(json.dumps({**json.loads(path.read_text()), "schema_version": 0}))
        with pytest.raises(ConfigurationError, match="its schema version"):
            run_at_scale([str(inputs)], job, InlineEngine())

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            (lambda folder: (folder / "b.txt").write_text("Gout."), "b.txt is new"),
            (
                lambda folder: (folder / "a.jsonl").write_text('{"text": "x"}'),
                "a.jsonl has changed",
            ),
            (
                lambda folder: (folder / "a.jsonl").rename(folder / "c.jsonl"),
                "a.jsonl is not among them",
            ),
        ],
    )
    def test_other_inputs_are_refused(self, inputs, tiny_settings, tmp_path, change, said):
        job = Job(tmp_path / "out", tiny_settings)
        run_at_scale([str(inputs)], job, InlineEngine())
        change(inputs)
        with pytest.raises(ConfigurationError, match=said):
            run_at_scale([str(inputs)], job, InlineEngine())

    def test_a_folder_with_other_things_is_refused(self, inputs, tiny_settings, tmp_path):
        (tmp_path / "out").mkdir()
        (tmp_path / "out" / "part-00000.jsonl").write_text("")
        job = Job(tmp_path / "out", tiny_settings)
        with pytest.raises(ConfigurationError, match=r"part-00000.jsonl and no manifest"):
            run_at_scale([str(inputs)], job, InlineEngine())
        run_at_scale([str(inputs)], job, InlineEngine(), is_forced=True)
        assert written_documents(tmp_path / "out").keys() == {"a"}

    def test_force_helps_a_run_whose_input_changed_meanwhile(self, inputs, tiny_settings, tmp_path):
        lines = [json.dumps({"id": name, "text": "Gout."}) for name in "abcdef"]
        (inputs / "a.jsonl").write_text("\n".join(lines))
        about = (inputs / "a.jsonl").stat()
        out = tmp_path / "out"

        def change(work, shard):
            if isinstance(work, Annotating):
                (inputs / "a.jsonl").write_text("\n".join([*lines[:-1], lines[-1].upper()]))
                os.utime(inputs / "a.jsonl", ns=(about.st_atime_ns, about.st_mtime_ns))

        with pytest.raises(FormatError, match="changed while the run was at work"):
            run_at_scale([str(inputs)], Job(out, tiny_settings), InlineEngine(change))
        with pytest.raises(FormatError, match="changed while the run was at work"):
            run_at_scale([str(inputs)], Job(out, tiny_settings), InlineEngine())
        report = run_at_scale(
            [str(inputs)], Job(out, tiny_settings), InlineEngine(), is_forced=True
        )
        assert report.is_complete
        assert written_documents(out).keys() == set("abcde")

    def test_an_input_that_shrinks_meanwhile_ends_the_run(self, inputs, tiny_settings, tmp_path):
        lines = [json.dumps({"id": name, "text": "Gout."}) for name in "abcdef"]
        (inputs / "a.jsonl").write_text("\n".join(lines))

        def shrink(work, shard):
            if isinstance(work, Annotating):
                (inputs / "a.jsonl").write_text("\n".join(lines[:3]))

        with pytest.raises(FormatError, match="changed while the run was at work"):
            run_at_scale([str(inputs)], Job(tmp_path / "out", tiny_settings), InlineEngine(shrink))
        assert not (tmp_path / "out" / "shard-00000").exists()

    def test_its_own_output_is_no_input(self, inputs, tiny_settings, tmp_path):
        job = Job(inputs / "annotated", tiny_settings)
        first = run_at_scale([str(inputs)], job, InlineEngine())
        again = run_at_scale([str(inputs), f"{inputs}/**/*.jsonl"], job, InlineEngine())
        assert counts_of(again) == counts_of(first)
        assert written_documents(job.out).keys() == {"a"}

    def test_a_folder_is_not_read_and_written(self, inputs, tiny_settings):
        with pytest.raises(ConfigurationError, match="where the run writes to"):
            run_at_scale([str(inputs)], Job(inputs, tiny_settings), InlineEngine(), is_forced=True)

    def test_force_removes_nothing_but_what_a_run_wrote(self, inputs, tiny_settings, tmp_path):
        out = tmp_path / "out"
        run_at_scale([str(inputs)], Job(out, tiny_settings), InlineEngine())
        (out / "shard-1-of-mine").mkdir()
        other = Job(out, replace(tiny_settings, mode="recall"))
        run_at_scale([str(inputs)], other, InlineEngine(), is_forced=True)
        assert (out / "shard-1-of-mine").is_dir()

    def test_a_shard_of_another_run_is_done_again(self, inputs, tiny_settings, tmp_path):
        run_at_scale([str(inputs)], Job(tmp_path / "x", tiny_settings), InlineEngine())
        other = Job(tmp_path / "y", replace(tiny_settings, labels=("Disease",)))

        def intrude(work, shard):
            if isinstance(work, Annotating):
                shutil.copytree(tmp_path / "x" / "shard-00000", tmp_path / "y" / "shard-00000")
                raise Interrupted

        with pytest.raises(Interrupted):
            run_at_scale([str(inputs)], other, InlineEngine(intrude))
        run_at_scale([str(inputs)], other, InlineEngine())
        assert RunFolder(tmp_path / "y").record(0)["labels"] == ["Disease"]

    @pytest.mark.parametrize("lost", ["record.json", "documents.parquet"])
    def test_a_shard_that_lost_its_files_is_done_again(self, inputs, tiny_settings, tmp_path, lost):
        job = Job(tmp_path / "out", tiny_settings)
        run_at_scale([str(inputs)], job, InlineEngine())
        (job.out / "shard-00000" / lost).unlink()
        report = run_at_scale([str(inputs)], job, InlineEngine())
        assert report.is_complete
        assert written_documents(job.out).keys() == {"a"}
        assert RunFolder(job.out).record(0)["counts"]["documents"] == 1

    def test_an_input_that_changes_meanwhile_ends_the_run(self, inputs, tiny_settings, tmp_path):
        def change(work, shard):
            if isinstance(work, Annotating):
                (inputs / "a.jsonl").write_text('{"id": "b", "text": "Gout."}\n')

        with pytest.raises(FormatError, match="changed while the run was at work"):
            run_at_scale([str(inputs)], Job(tmp_path / "out", tiny_settings), InlineEngine(change))


class TestTroubles:
    """What lies outside of the files: disks, networks, memory, devices."""

    @pytest.fixture
    def inputs(self, tmp_path, monkeypatch) -> Path:
        monkeypatch.setattr(part_stream, "SECONDS_BEFORE_ATTEMPTS", (0.0,))
        for name in "abc":
            # Long enough for a shard each.
            lines = [json.dumps({"id": f"{name}{n}", "text": "Gout. " * 20}) for n in range(9)]
            (tmp_path / "in").mkdir(exist_ok=True)
            (tmp_path / "in" / f"{name}.jsonl").write_text("\n".join(lines))
        return tmp_path / "in"

    @pytest.mark.parametrize("at", [Identifying, Annotating])
    def test_a_file_out_of_reach_is_left_and_taken_up_again(
        self, inputs, tiny_settings, tmp_path, monkeypatch, at
    ):
        job = Job(tmp_path / "out", tiny_settings)
        now = [None]

        def reach(path, position):
            if isinstance(now[0], at) and path.endswith("b.jsonl"):
                raise OSError(5, "Input/output error", path)
            return open_at(path, position)

        def before(work, shard):
            now[0] = work

        monkeypatch.setattr(part_stream, "open_at", reach)
        paths, limits = [str(inputs)], Limits(1)
        report = run_at_scale(paths, job, InlineEngine(before), limits=limits)
        assert not report.is_complete
        assert {Path(one["path"]).name for one in report.left} == {"b.jsonl"}
        assert "Input/output error" in report.left[0]["reason"]
        assert report.counts.n_documents == (0 if at is Identifying else 18)
        monkeypatch.setattr(part_stream, "open_at", open_at)
        report = run_at_scale(paths, job, InlineEngine(), limits=limits)
        assert report.is_complete
        assert len(written_documents(job.out)) == 27
        assert quarantined(job.out) == []

    def test_no_memory_for_ids_ends_in_a_word_and_not_in_a_loop(
        self, inputs, tiny_settings, tmp_path, monkeypatch
    ):
        def exhausted(shard):
            raise MemoryError

        job = Job(tmp_path / "out", tiny_settings)
        with monkeypatch.context() as patched:
            patched.setattr("bioweave.cluster.work.identify", exhausted)
            for _ in range(5):
                with pytest.raises(MemoryError):
                    run_at_scale([str(inputs)], job, InlineEngine())
            report = run_at_scale([str(inputs)], job, InlineEngine(first_only))
        assert "5 workers died while they read it" in report.left[0]["reason"]
        assert run_at_scale([str(inputs)], job, InlineEngine()).is_complete

    def test_a_worker_that_can_do_nothing_spoils_no_document(
        self, inputs, tiny_settings, tmp_path, monkeypatch
    ):
        def lost(self, documents):
            raise RuntimeError("the device is gone")

        job = Job(tmp_path / "out", tiny_settings)

        def before(work, shard):
            if isinstance(work, Annotating):
                monkeypatch.setattr(Annotator, "observe", lost)

        with monkeypatch.context(), pytest.raises(SickWorkerError, match="the device is gone"):
            run_at_scale([str(inputs)], job, InlineEngine(before))
        monkeypatch.undo()
        assert run_at_scale([str(inputs)], job, InlineEngine()).is_complete
        assert quarantined(job.out) == []
        assert len(written_documents(job.out)) == 27

    @pytest.mark.parametrize(
        "said", ["Failed to allocate memory for requested buffer of size 8", "std::bad_alloc"]
    )
    def test_no_memory_by_another_name_is_no_documents_fault(
        self, inputs, tiny_settings, tmp_path, monkeypatch, said
    ):
        def exhausted(self, documents):
            if all(document.id != "probe" for document in documents):
                raise RuntimeError(said)
            return []

        monkeypatch.setattr(Annotator, "observe", exhausted)
        with pytest.raises(MemoryError):
            run_at_scale([str(inputs)], Job(tmp_path / "out", tiny_settings), InlineEngine())

    def test_a_bundle_that_does_not_work_ends_the_run_at_once(
        self, inputs, tiny_settings, tmp_path, monkeypatch
    ):
        def broken(self, documents):
            raise RuntimeError("no such operator")

        monkeypatch.setattr(Annotator, "observe", broken)
        _annotator.cache_clear()
        with pytest.raises(SickWorkerError, match="no such operator"):
            run_at_scale([str(inputs)], Job(tmp_path / "out", tiny_settings), InlineEngine())
        assert not list((tmp_path / "out").glob("shard-*"))

    def test_ids_that_a_power_cut_emptied_are_read_again(self, inputs, tiny_settings, tmp_path):
        job = Job(tmp_path / "out", tiny_settings)

        def cut(work, shard):
            if isinstance(work, Identifying) and shard.number == 1:
                RunFolder(job.out).identities(0).write_bytes(b"")
                raise Interrupted

        with pytest.raises(Interrupted):
            run_at_scale([str(inputs)], job, InlineEngine(cut), limits=Limits(1))
        assert run_at_scale([str(inputs)], job, InlineEngine(), limits=Limits(1)).is_complete
        assert len(written_documents(job.out)) == 27


def first_only(work, shard) -> None:
    if shard.number > 0:
        raise AssertionError("there is one shard")


class TestSmallFiles:
    """Those that share a shard, of PubMed and of other kinds."""

    def test_deletions_count_in_the_order_of_files(self, tiny_settings, tmp_path):
        folder = tmp_path / "in"
        write_pubmed(folder / "pubmed26n0001.xml", [article(1), article(2), article(3)])
        write_pubmed(folder / "pubmed26n0002.xml", [deletion(1, 2)])
        write_pubmed(folder / "pubmed26n0003.xml", [article(2, text="Back again.")])
        (folder / "note.txt").write_text("Gout.")
        out = tmp_path / "out"
        report = run_at_scale([str(folder)], Job(out, tiny_settings), InlineEngine())
        assert report.n_shards == 1
        assert written_documents(out).keys() == {"PMID:2", "PMID:3", "note"}
        assert report.n_deleted == 2


class TestFailures:
    def test_each_stands_in_the_quarantine_with_its_place(self, tiny_settings, tmp_path):
        good = {number: json.dumps({"id": f"g{number}", "text": "Gout."}) for number in range(5)}
        lines = [good[0], "{broken", good[1], '{"id": "t", "txt": ""}', *list(good.values())[2:]]
        (tmp_path / "a.jsonl").write_text("\n".join(lines))
        files = [article(pmid) for pmid in range(1, 300)]
        cut = write_pubmed(tmp_path / "pubmed26n0001.xml.gz", files)
        cut.write_bytes(cut.read_bytes()[: cut.stat().st_size // 2])
        no_xml = tmp_path / "pubmed26n0002.xml.gz"
        no_xml.write_bytes(gzip.compress(b"<html><p>Not now"))
        out = tmp_path / "out"
        paths = [str(tmp_path / "a.jsonl"), str(cut), str(no_xml)]
        report = run_at_scale(paths, Job(out, tiny_settings), InlineEngine(), limits=SMALL)
        documents = written_documents(out)
        lost = {
            (Path(one["source"]).name, one["line"], one["rest_of_file"]) for one in quarantined(out)
        }
        assert {("a.jsonl", 2, False), ("a.jsonl", 4, False)} <= lost
        assert {one[0] for one in lost if one[2]} == {cut.name, no_xml.name}
        assert all(one["reason"] for one in quarantined(out))
        assert {f"g{number}" for number in good} <= documents.keys()
        assert 30 < sum(key.startswith("PMID:") for key in documents) < 299
        assert [Path(one["path"]).name for one in report.incomplete] == [cut.name, no_xml.name]
        assert report.counts.n_failed == len(quarantined(out)) == 4

    def test_a_document_that_the_annotator_chokes_on_spoils_no_other(
        self, tiny_settings, tmp_path, monkeypatch
    ):
        texts = [f"Gout {number}." for number in range(40)]
        texts[17] = "CHOKE"
        lines = [json.dumps({"id": f"d{n}", "text": text}) for n, text in enumerate(texts)]
        (tmp_path / "a.jsonl").write_text("\n".join(lines))
        observe = Annotator.observe

        def choking(self, documents):
            for document in documents:
                if document.text == "CHOKE":
                    raise ValueError("cannot swallow this")
            return observe(self, documents)

        monkeypatch.setattr(Annotator, "observe", choking)
        out = tmp_path / "out"
        run_at_scale([str(tmp_path / "a.jsonl")], Job(out, tiny_settings), InlineEngine())
        assert written_documents(out).keys() == {f"d{n}" for n in range(40) if n != 17}
        [failed] = quarantined(out)
        assert (failed["id"], failed["position"]) == ("d17", 17)
        assert failed["reason"] == "ValueError: cannot swallow this"

    def test_too_many_end_the_run_early_and_a_higher_limit_goes_on(self, tiny_settings, tmp_path):
        (tmp_path / "in").mkdir()
        for number in range(8):
            text = "{broken\n" * 2 + json.dumps({"id": f"d{number}", "text": "Gout."})
            (tmp_path / "in" / f"{number}.jsonl").write_text(text + " " * 400)
        paths, job = [str(tmp_path / "in")], Job(tmp_path / "out", tiny_settings)
        early = run_at_scale(paths, job, InlineEngine(), limits=Limits(1, max_failures=5))
        assert (early.is_stopped, early.is_complete, early.counts.n_failed) == (True, False, 6)
        again = run_at_scale(paths, job, InlineEngine(), limits=Limits(1, max_failures=5))
        assert again.n_done == early.n_done
        late = run_at_scale(paths, job, InlineEngine(), limits=Limits(1, max_failures=16))
        assert (late.is_stopped, late.is_complete, late.counts.n_failed) == (False, True, 16)
        assert written_documents(tmp_path / "out").keys() == {f"d{n}" for n in range(8)}

    def test_duplicates_of_other_ids_leave_the_last_and_name_the_others(
        self, tiny_settings, tmp_path
    ):
        for name, text in (("a", "Old."), ("b", "New.")):
            line = json.dumps({"id": "PMC7", "text": text})
            (tmp_path / f"{name}.jsonl").write_text(f"{line}\n")
        paths = [str(tmp_path / "a.jsonl"), str(tmp_path / "b.jsonl")]
        out = tmp_path / "out"
        report = run_at_scale(paths, Job(out, tiny_settings), InlineEngine())
        assert {key: one.text for key, one in written_documents(out).items()} == {"PMC7": "New."}
        assert (report.n_replaced, report.counts.n_conflicts, report.is_complete) == (0, 1, True)
        [named] = quarantined(out)
        assert (Path(named["source"]).name, named["id"]) == ("a.jsonl", "PMC7")
        assert "same id" in named["reason"]

    def test_duplicates_of_a_pmid_are_versions(self, tiny_settings, tmp_path):
        for name in "ab":
            (tmp_path / f"{name}.jsonl").write_text('{"id": "PMID:7", "text": "Gout."}\n')
        report = run_at_scale([str(tmp_path)], Job(tmp_path / "o", tiny_settings), InlineEngine())
        assert (report.n_replaced, report.counts.n_conflicts) == (1, 0)

    def test_a_full_disk_ends_the_run_and_it_goes_on_when_there_is_room(
        self, files, whole, tiny_settings, tmp_path, monkeypatch
    ):
        import errno

        write_json = "bioweave.cluster.shard_pass.write_json"
        from bioweave.whole_files import write_json as really

        def full(path, value):
            if path.name == "record.json" and value["number"] == 3:
                raise OSError(errno.ENOSPC, "No space left on device", str(path))
            really(path, value)

        job = Job(tmp_path, tiny_settings)
        with monkeypatch.context() as patched:
            patched.setattr(write_json, full)
            with pytest.raises(OSError, match="No space left"):
                run_at_scale([str(files)], job, InlineEngine(), limits=SMALL)
        assert not (tmp_path / "shard-00003").exists()
        assert list((tmp_path / ".work" / "writing").iterdir()) == []
        run_at_scale([str(files)], job, InlineEngine(), limits=SMALL)
        assert_same_documents(whole[0], written_documents(tmp_path))

    def test_an_empty_file_and_empty_texts_are_no_trouble(self, tiny_settings, tmp_path):
        (tmp_path / "empty.jsonl").write_text("")
        (tmp_path / "blank.jsonl").write_text('{"id": "a", "text": ""}\n{"id": "b", "text": " "}\n')
        out = tmp_path / "out"
        paths = [str(tmp_path / "empty.jsonl"), str(tmp_path / "blank.jsonl")]
        run_at_scale(paths, Job(out, tiny_settings), InlineEngine())
        assert written_documents(out).keys() == {"a", "b"}
        assert ["the file is empty" in one["reason"] for one in quarantined(out)] == [True]


def test_the_manifest_names_every_input_with_its_size(files, tiny_settings, tmp_path):
    run_at_scale([str(files)], Job(tmp_path, tiny_settings), InlineEngine(), limits=SMALL)
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    assert [Path(one["path"]).name for one in manifest["inputs"]] == sorted(
        path.name for path in files.iterdir()
    )
    assert all(one["n_bytes"] == Path(one["path"]).stat().st_size for one in manifest["inputs"])
