"""`annotate --engine`: what is said, and how it ends."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from inline_engine import InlineEngine
from invented_pubmed import write_baseline
from large_runs import command, written_documents
from rich.console import Console
from tiny_tagger import write_tiny_bundle
from typer.testing import CliRunner, Result

from bioweave.cli import large_run
from bioweave.cli.large_run_progress import RunProgress, line
from bioweave.cli.main import app
from bioweave.cluster import Progress
from bioweave.cluster.counts import Counts


@pytest.fixture(scope="module")
def tiny_bundle(tmp_path_factory) -> Path:
    return write_tiny_bundle(tmp_path_factory.mktemp("bundles") / "tiny")


@pytest.fixture(scope="module")
def files(tmp_path_factory) -> Path:
    return write_baseline(tmp_path_factory.mktemp("pubmed"), 3, 5)


@pytest.fixture
def inline(monkeypatch) -> None:
    """No processes: what they do is tested elsewhere."""
    monkeypatch.setattr(large_run, "make_engine", lambda *_, **__: InlineEngine())


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["annotate", *map(str, arguments)])


@pytest.mark.usefixtures("inline")
class TestReports:
    def test_json_and_summary(self, files, tiny_bundle, tmp_path):
        out = tmp_path / "out"
        result = run(
            files,
            "-o",
            out,
            "--engine",
            "local",
            "--model",
            tiny_bundle,
            "--json",
            *("--shard-size", 5),
        )
        assert result.exit_code == 0, result.stderr
        report = json.loads(result.stdout)
        assert (report["documents"], report["shards"], report["complete"]) == (15, 3, True)
        assert report == {**json.loads((out / "report.json").read_text()), **report}
        assert "3 of 3 shards, 15 documents" in result.stderr
        assert len(written_documents(out)) == 15

    def test_failures_are_counted_and_named(self, tiny_bundle, tmp_path):
        (tmp_path / "in.jsonl").write_text('{broken\n{"id": "a", "text": "Gout."}')
        out = tmp_path / "out"
        result = run(tmp_path / "in.jsonl", "-o", out, "--engine", "local", "--model", tiny_bundle)
        assert result.exit_code == 1
        assert "; 1 failed" in result.stderr
        assert f"what failed, and why: {out / 'quarantine.jsonl'}" in result.stderr

    def test_nothing_but_failures_is_bad_input(self, tiny_bundle, tmp_path):
        (tmp_path / "in.jsonl").write_text("{broken")
        result = run(
            tmp_path / "in.jsonl",
            "-o",
            tmp_path / "out",
            "--engine",
            "local",
            *("--model", tiny_bundle),
        )
        assert result.exit_code == 2

    def test_what_cannot_be_read_is_left_and_named(self, tiny_bundle, tmp_path, monkeypatch):
        (tmp_path / "in.jsonl").write_text('{"id": "a", "text": "Gout."}')

        def out_of_reach(path, position):
            raise PermissionError(13, "Permission denied", path)

        arguments = (tmp_path / "in.jsonl", "-o", tmp_path / "out", "--engine", "local")
        with monkeypatch.context() as patched:
            patched.setattr("bioweave.cluster.part_stream.open_at", out_of_reach)
            result = run(*arguments, "--model", tiny_bundle)
        assert result.exit_code == 2
        assert f"left: {tmp_path / 'in.jsonl'}: cannot be read: Permission denied" in result.stderr
        assert "taken up by the same command" in result.stderr
        assert run(*arguments, "--model", tiny_bundle).exit_code == 0

    def test_documents_of_one_id_are_told_of(self, tiny_bundle, tmp_path):
        (tmp_path / "in.jsonl").write_text('{"id": "a", "text": "Gout."}\n' * 2)
        out = tmp_path / "out"
        result = run(tmp_path / "in.jsonl", "-o", out, "--engine", "local", "--model", tiny_bundle)
        assert result.exit_code == 1
        assert "1 document left out whose id a later one has" in result.stderr
        assert f"what failed, and why: {out / 'quarantine.jsonl'}" in result.stderr

    def test_too_many_failures_stop_it_and_it_says_how_to_go_on(self, tiny_bundle, tmp_path):
        (tmp_path / "in").mkdir()
        for number in range(3):
            (tmp_path / "in" / f"{number}.jsonl").write_text("{broken\n" + " " * 500)
        arguments = (
            tmp_path / "in",
            "-o",
            tmp_path / "out",
            "--engine",
            "local",
            "--model",
            tiny_bundle,
            *("--shard-size", 1),
        )
        result = run(*arguments, "--max-failures", 1)
        assert result.exit_code == 1
        assert "stopped by --max-failures" in result.stderr
        assert "2 of 3 shards" in result.stderr

    def test_another_run_is_refused_and_removed_by_force(self, files, tiny_bundle, tmp_path):
        arguments = (files, "-o", tmp_path / "out", "--engine", "local", "--model", tiny_bundle)
        assert run(*arguments).exit_code == 0
        refused = run(*arguments, "--mode", "recall")
        assert refused.exit_code == 2
        assert "--force to remove that run" in refused.stderr
        assert run(*arguments, "--mode", "recall", "--force").exit_code == 0

    def test_jsonl(self, files, tiny_bundle, tmp_path):
        out = tmp_path / "out"
        arguments = ("--engine", "local", "--model", tiny_bundle, "--to", "jsonl")
        assert run(files, "-o", out, *arguments).exit_code == 0
        assert [path.name for path in out.glob("*/documents*")] == ["documents.jsonl.gz"]


@pytest.mark.parametrize(
    ("device", "visible", "n_workers"),
    [("cpu", "0,1", os.cpu_count()), ("cuda", "2,3", 2), ("cuda", "", 1)],
)
def test_a_gpu_has_one_worker(
    files, tmp_path, monkeypatch, tiny_bundle, device, visible, n_workers
):
    asked = []

    class Asked(Exception):  # noqa: N818  it is no error
        pass

    def make_engine(name, n, **_):
        asked.append(n)
        raise Asked

    monkeypatch.setattr(large_run, "make_engine", make_engine)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)
    arguments = (files, "-o", tmp_path / "out", "--engine", "local", "--model", tiny_bundle)
    result = run(*arguments, "--device", device)
    assert isinstance(result.exception, Asked)
    assert asked == [n_workers]


@pytest.mark.usefixtures("inline")
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["in", "--engine", "local"], "give -o OUT"),
        (["in", "--engine", "local", "-o", "out.jsonl"], "writes into a folder"),
        (["in", "--engine", "local", "-o", "out.graphml"], "writes into a folder"),
        (["in", "--engine", "local", "-o", "out", "--to", "brat"], "parquet or jsonl, not brat"),
        (["in", "--engine", "local", "-o", "file/out"], "file is a file"),
        (["in", "--engine", "dask", "-o", "out"], "--engine"),
        (["--engine", "local", "-o", "out"], "give the files"),
        (["-", "--engine", "local", "-o", "out"], "standard input"),
        (["nowhere", "--engine", "local", "-o", "out"], "no file or folder 'nowhere'"),
        (["empty", "--engine", "local", "-o", "out"], "no documents"),
        (["in", "--engine", "local", "-o", "out", "--model", "gone"], "gone"),
        (["in", "--force"], "give --engine"),
        (["in", "--max-failures", "3"], "give --engine"),
    ],
)
def test_wrong_usage_is_said_in_a_line(tmp_path, monkeypatch, tiny_bundle, arguments, said):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text("Gout.")
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_text("")
    if "--model" not in arguments:
        arguments = [*arguments, "--model", str(tiny_bundle)]
    result = run(*arguments)
    assert result.exit_code == 2
    assert said in " ".join(result.stderr.replace("│", " ").split())
    assert "Traceback" not in result.stderr
    assert not (tmp_path / "out").exists()


class TestProgress:
    PROGRESS = Progress(
        n_shards=4,
        n_shards_done=1,
        n_documents=400,
        counts=Counts(n_documents=100, n_words=20_000, n_failed=2),
        rate=10.0,
        word_rate=2000.0,
        seconds_left=30.0,
    )

    def test_line_has_rates_and_time_left(self):
        assert line(self.PROGRESS) == (
            "1 of 4 shards, 100 of 400 documents, 10.0 documents/s, 2,000 words/s, 2 failed, "
            "0:00:30 left"
        )

    def test_terminals_get_a_bar_and_others_a_line_now_and_then(self, monkeypatch):
        monkeypatch.setattr("bioweave.cli.bar_or_lines.SECONDS_BETWEEN_LINES", -1.0)
        for is_terminal in (True, False):
            shown = io.StringIO()
            console = Console(file=shown, force_terminal=is_terminal, width=150)
            with RunProgress(console) as progress:
                progress.hear(self.PROGRESS)
                if is_terminal:
                    progress._bar.refresh()
            assert "100 of 400 documents" in shown.getvalue()


@pytest.mark.skipif(os.name == "nt", reason="POSIX signals and limits")
class TestProcesses:
    """With workers, since these are about what happens to them."""

    def arguments(self, files, out, tiny_bundle) -> list[str]:
        return command(
            *(files, "-o", out, "--engine", "local", "--workers", 2, "--shard-size", 5),
            *("--model", tiny_bundle),
        )

    def test_a_full_disk_is_said_in_a_line_and_leaves_nothing_half(
        self, files, tiny_bundle, tmp_path
    ):
        limited = (
            "import resource, runpy\n"
            # The manifest fits; a shard's Parquet does not.
            "resource.setrlimit(resource.RLIMIT_FSIZE, (3_000, 3_000))\n"
            "runpy.run_module('bioweave.cli', run_name='__main__')\n"
        )
        _, _, _, *arguments = self.arguments(files, tmp_path / "out", tiny_bundle)
        finished = subprocess.run(
            [sys.executable, "-c", limited, *arguments],
            capture_output=True,
            text=True,
            timeout=180,
        )
        assert finished.returncode == 2, finished.stderr
        assert "File too large" in finished.stderr
        assert "Traceback" not in finished.stderr
        assert not list((tmp_path / "out").glob("shard-*"))
        again = subprocess.run(
            self.arguments(files, tmp_path / "out", tiny_bundle), capture_output=True, timeout=180
        )
        assert again.returncode == 0
        assert len(written_documents(tmp_path / "out")) == 15

    @pytest.mark.skipif(
        not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere"
    )
    def test_no_permission_is_said_in_a_line(self, files, tiny_bundle, tmp_path):
        (tmp_path / "closed").mkdir(mode=0o500)
        result = run(
            files, "-o", tmp_path / "closed" / "out", "--engine", "local", "--model", tiny_bundle
        )
        assert result.exit_code == 2
        assert "Permission denied" in result.stderr

    def test_ctrl_c_keeps_whole_shards_and_goes_on(self, tiny_bundle, tmp_path):
        files, out = write_baseline(tmp_path / "in", 30, 30), tmp_path / "out"
        process = subprocess.Popen(
            self.arguments(files, out, tiny_bundle),
            stderr=subprocess.PIPE,
            text=True,
            # Where the suite itself runs in the background, SIGINT is ignored and inherited so.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
        while process.poll() is None and not list(out.glob("shard-*")):
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=120)
        assert process.returncode == 130, said
        assert "Traceback" not in said
        assert "interrupted" in said
        before = len(written_documents(out))
        assert 0 < before < 900
        assert subprocess.run(self.arguments(files, out, tiny_bundle), timeout=240).returncode == 0
        assert len(written_documents(out)) == 900
