"""`benchmarks/capacity.py`: the simulation, where its answer can be worked out by hand."""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "capacity.py"


def _imported():
    specification = importlib.util.spec_from_file_location("capacity", SCRIPT)
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    sys.modules["capacity"] = module  # dataclasses look themselves up
    specification.loader.exec_module(module)
    return module


capacity = _imported()
MEASURED = {
    "documents": 1000,
    "ids_per_second": 100,
    "runs": [
        {"run": "local:1", "seconds": 9.0, "fixed_seconds": 2, "worker_seconds": 5, "words": 1},
        {
            "run": "local:2",
            "seconds": 57.0,
            "fixed_seconds": 2.0,
            "worker_seconds": 100.0,
            "words": 200_000,
        },
    ],
}
ANY_SERVICE = capacity.Service(
    words_per_second=1000.0,
    ids_per_second=10_000.0,
    fixed_seconds=5.0,
    words_in_document=200.0,
    seconds_to_sort=20.0,
)


@pytest.fixture
def measured(tmp_path: Path) -> Path:
    path = tmp_path / "scale.json"
    path.write_text(json.dumps(MEASURED))
    return path


@pytest.mark.parametrize(("n_workers", "expected"), [(1, 15), (2, 9), (3, 7), (4, 6), (9, 5)])
def test_the_next_shard_goes_to_whom_is_free_first(n_workers, expected):
    assert capacity._makespan([1, 2, 3, 4, 5], n_workers) == expected


def test_one_worker_loses_only_the_start_and_the_sorting():
    [alone] = [capacity.plan(ANY_SERVICE, 300_000, 1, 30_000)]
    seconds = alone.hours * 3600
    assert alone.idle_share == pytest.approx(0)
    assert alone.efficiency == pytest.approx((seconds - 25) / seconds)
    # 60 million words but for the spread of ten files, and all ids.
    assert seconds == pytest.approx(60_000 + 30 + 25, rel=0.25)


def test_more_workers_than_shards_wait():
    some, more, most = (capacity.plan(ANY_SERVICE, 300_000, n, 30_000) for n in (5, 10, 100))
    assert some.hours > more.hours == most.hours
    assert some.efficiency > more.efficiency > most.efficiency
    assert most.idle_share == pytest.approx(1 - (1 - more.idle_share) / 10)


def test_service_times_are_those_of_the_run(measured):
    small = ("--workers", "1,2", "--documents", "5000", "--documents-in-shard", "1000")
    done = subprocess.run(
        [sys.executable, str(SCRIPT), str(measured), "--json", *small],
        check=True,
        capture_output=True,
        text=True,
    )
    result = json.loads(done.stdout)
    service = result["service"]
    assert service["words_per_second"] == pytest.approx(2000)
    assert service["ids_per_second"] == 100
    assert service["words_in_document"] == pytest.approx(200)
    assert service["seconds_to_sort"] > 0
    assert [one["workers"] for one in result["plans"]] == [1, 2]
