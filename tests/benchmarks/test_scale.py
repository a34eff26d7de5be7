"""`benchmarks/scale.py`: the files that it makes, and what it says of runs on them."""

import importlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tiny_tagger import write_tiny_bundle

from bioweave.formats import read_documents

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
ENVIRONMENT = {
    **os.environ,
    "BIOWEAVE_CORPORA": str(Path(__file__).parents[1] / "data" / "corpora"),
}


def run(script: str, *arguments: object) -> subprocess.CompletedProcess:
    command = [sys.executable, str(BENCHMARKS / script), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=ENVIRONMENT)


def test_files_are_the_same_each_time_and_no_two_articles_are(tmp_path):
    for name in ("a", "b"):
        arguments = ("--documents", 50, "--shards", 4, "--corpus", "sample")
        done = run("pubmed_like.py", tmp_path / name, *arguments)
        assert done.returncode == 0, done.stderr
    paths = sorted((tmp_path / "a").iterdir())
    assert [path.read_bytes() for path in paths] == [
        (tmp_path / "b" / path.name).read_bytes() for path in paths
    ]
    shards = [list(read_documents(path)) for path in paths]
    assert [len(shard) for shard in shards] == [12, 13, 12, 13]
    documents = [document for shard in shards for document in shard]
    assert [document.id for document in documents] == [f"PMID:{n + 1}" for n in range(50)]
    assert {document.metadata["year"] for document in documents} == set(range(1990, 2026))


@pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="looks into /proc")
def test_memory_is_that_of_a_process_and_of_what_it_began(monkeypatch):
    monkeypatch.syspath_prepend(BENCHMARKS)
    megabytes_of = importlib.import_module("scale").megabytes_of
    holds = "import sys; held = bytearray(sys.argv[1] == 'much' and 2**26); print(flush=True); "
    holds += "sys.stdin.read()"
    begins = "import subprocess, sys; subprocess.run([sys.executable, '-c', *sys.argv[1:]])"
    megabytes = {}
    for held in ("nothing", "much"):
        command = [sys.executable, "-c", begins, holds, held]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        with subprocess.Popen(command, **pipes) as process:
            assert process.stdout.readline()  # The process that it began holds it by now.
            megabytes[held] = megabytes_of(process.pid)
            process.communicate()
    assert 56 < megabytes["much"] - megabytes["nothing"] < 72


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="looks into /proc")
def test_runs_are_timed_and_compared(tmp_path):
    bundle = write_tiny_bundle(tmp_path / "bundle")
    done = run(
        "scale.py",
        *("--documents", 400, "--shards", 8, "--corpus", "sample", "--model", bundle, "--json"),
        *("--run", "local:1", "--run", "local:2", "--no-benchmark"),
        # Eight such small shards come out within half a second on a quick machine.
        *("--seconds-between-looks", 0.01),
    )
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert [one["run"] for one in result["runs"]] == ["local:1", "local:2"]
    assert result["ids_per_second"] > 0
    for one in result["runs"]:
        assert one["n_differing"] == 0
        assert min(one["mb_first"], one["mb_last"]) > 0  # shards came out one by one
        assert one["documents_per_second"] == pytest.approx(400 / one["seconds"], rel=0.1)
