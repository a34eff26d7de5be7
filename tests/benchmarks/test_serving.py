"""`benchmarks/serving.py`: what it tells of speed, of memory and of starts."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("fastapi", reason="the extra serve is not installed")

ROOT = Path(__file__).parents[2]
CORPUS = str(ROOT / "tests" / "data" / "corpora" / "sample")


@pytest.fixture
def trend_of(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    from memory_trend import Trend

    return Trend


def test_memory_that_grows_and_memory_that_does_not(trend_of) -> None:
    mb = 2**20
    growing = trend_of(100 * mb, [200 * mb + n * mb for n in range(21)])
    assert growing.slope == pytest.approx(mb)
    # The first 1,000 requests do not count: from 200 to 220.
    assert growing.growth == pytest.approx(0.1)
    flat = trend_of(100 * mb, [(200 + (-1) ** n) * mb for n in range(20)])
    assert abs(flat.growth) < 0.01
    assert growing.to_json()["slope_per_1000"] == 1.0
    assert growing.to_json()["at_start"] == 100.0
    assert trend_of(1, [1, 2]).slope is None and trend_of(1, [1, 2]).growth is None


def measured(folder: Path, *options: str) -> dict:
    command = [sys.executable, str(ROOT / "benchmarks" / "serving.py"), *options, "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.slow
def test_it_measures_rounds_with_keys_and_memory(tmp_path: Path) -> None:
    options = ["--corpus", CORPUS, "--keyed", "--clients", "4", "--rounds", "2"]
    result = measured(tmp_path, *options, "--requests", "1500")
    # All of the corpus, again and again until it is work for seconds.
    assert result["documents"] > 500
    assert [one["statuses"].keys() for one in result["rounds"]] == [{"200"}, {"200"}]
    assert all(1_500 <= one["requests"] < 1_510 for one in result["rounds"])
    assert result["ratio"] > 0
    memory = result["memory_mb"]
    assert 50 < memory["at_start"] < 1_000 and len(memory["after_each_1000"]) == 3
    assert memory["slope_per_1000"] is not None


@pytest.mark.slow
def test_it_measures_starts(tmp_path: Path) -> None:
    result = measured(tmp_path, "--corpus", CORPUS, "--starts", "1")
    [start] = result["starts"]
    assert result["best_seconds"] == start["seconds"] > 0
    assert result["peak_mb"] == start["peak_mb"] >= start["ready_mb"] > 50
    assert start["documents"] == 200 and start["linked_mentions"] > 0
