"""Processes that die, and what becomes of the shards that they were at."""

from __future__ import annotations

import json
import multiprocessing
import os

import pytest
from deadly_work import DeadlySettings, Telling
from large_runs import quarantined, written_documents

from bioweave.cluster import Job, Limits, run_at_scale
from bioweave.cluster.engine import LocalEngine
from bioweave.cluster.scheduling import run_in_pool
from bioweave.cluster.shards import Part, Shard
from bioweave.errors import BioweaveError

pytestmark = pytest.mark.skipif(os.name == "nt", reason="POSIX signals")


def shards(n: int) -> list[Shard]:
    return [Shard(number, (Part("none", "text", "none", 1),)) for number in range(n)]


@pytest.mark.parametrize("how", ["shard", "memory", "sick"])
def test_shards_of_dead_workers_are_given_out_again(tmp_path, how):
    told = list(LocalEngine(2).run(Telling(tmp_path, 1, how), shards(4)))
    assert sorted(one["number"] for one in told) == [0, 1, 2, 3]
    assert os.getpid() not in {one["process"] for one in told}
    assert multiprocessing.active_children() == []


def test_workers_that_die_as_they_start_end_it(tmp_path):
    with pytest.raises(BioweaveError, match=r"5 workers died .* fewer --workers"):
        list(LocalEngine(2).run(Telling(tmp_path, how="start"), shards(3)))
    assert multiprocessing.active_children() == []


@pytest.mark.parametrize(("how", "error"), [("wrong", ValueError), ("disk", OSError)])
def test_what_a_worker_raises_is_raised_and_ends_the_others(tmp_path, how, error):
    with pytest.raises(error, match=r"cannot be loaded|No space left"):
        list(LocalEngine(2).run(Telling(tmp_path, how=how), shards(4)))
    assert multiprocessing.active_children() == []


def test_an_error_that_cannot_be_sent_is_told_all_the_same(tmp_path):
    with pytest.raises(BioweaveError, match="UnsendableError: 1 and 2"):
        list(LocalEngine(1).run(Telling(tmp_path, how="unsendable"), shards(2)))


class OneAtATime:
    """A pool whose second worker cannot start, and whose first then dies."""

    def __init__(self) -> None:
        self.n_started = 0
        self.told: list = []

    def start(self, work):
        self.n_started += 1
        error = ValueError("cannot be loaded here") if self.n_started == 2 else None
        self.told.append((self.n_started, error))
        return self.n_started

    def give(self, handle, shard):
        self.told.append((handle, {"number": shard.number}))

    def hear(self):
        return self.told.pop(0)

    def end(self, handle):
        pass


def test_one_worker_that_cannot_start_where_others_can_ends_nothing(tmp_path):
    pool = OneAtATime()
    told = list(run_in_pool(pool, Telling(tmp_path), shards(4), 2))
    assert sorted(one["number"] for one in told) == [0, 1, 2, 3]
    assert pool.n_started == 3


def test_workers_share_the_gpus(tmp_path, monkeypatch):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "3,5")
    told = list(LocalEngine(2, device="cuda").run(Telling(tmp_path, how="gpu"), shards(6)))
    assert {one["gpu"] for one in told} == {"3", "5"}


def test_closing_it_calls_off_what_is_under_way(tmp_path):
    told = LocalEngine(1).run(Telling(tmp_path), shards(3))
    next(told)
    told.close()
    assert multiprocessing.active_children() == []
    assert len(list(tmp_path.glob("called-off-*"))) <= 1


def test_a_document_that_kills_its_worker_again_and_again_is_left_out(tmp_path, tiny_bundle):
    texts = [f"Gout {number}." for number in range(12)]
    texts[5] = "DEADLY"
    lines = [json.dumps({"id": f"d{n}", "text": text}) for n, text in enumerate(texts)]
    (tmp_path / "a.jsonl").write_text("\n".join(lines))
    (tmp_path / "b.jsonl").write_text('{"id": "other", "text": "Gout."}')
    out = tmp_path / "out"
    report = run_at_scale(
        [str(tmp_path / "a.jsonl"), str(tmp_path / "b.jsonl")],
        Job(out, DeadlySettings(str(tiny_bundle), n_threads=1)),
        LocalEngine(2),
        limits=Limits(1),
    )
    assert written_documents(out).keys() == {"other", *(f"d{n}" for n in range(12) if n != 5)}
    [failed] = quarantined(out)
    assert (failed["id"], failed["position"]) == ("d5", 5)
    assert failed["reason"] == "2 workers died while they annotated it"
    assert report.is_complete
