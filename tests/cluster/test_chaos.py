"""Ten random kills of workers and of the driver: each document is there once all the same."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from invented_pubmed import write_baseline
from large_runs import (
    assert_same_documents,
    command,
    descendants,
    quarantined,
    run_with_kills,
    written_documents,
)
from ray_cluster import running_ray

from bioweave.cluster import Job, Limits, run_at_scale
from bioweave.document import Document

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="finds processes in /proc"),
]

N_SHARDS, N_KILLS = 40, 10


@pytest.fixture(scope="module")
def files(tmp_path_factory) -> Path:
    return write_baseline(tmp_path_factory.mktemp("pubmed"), N_SHARDS, 25)


@pytest.fixture(scope="module")
def undisturbed(files, tiny_settings, inline_engine, tmp_path_factory) -> dict[str, Document]:
    out = tmp_path_factory.mktemp("undisturbed")
    run_at_scale([str(files)], Job(out, tiny_settings), inline_engine, limits=Limits(10))
    return written_documents(out)


def check(killed: list[str], out: Path, undisturbed: dict[str, Document]) -> None:
    assert len(killed) == N_KILLS
    assert {"driver", "worker"} == set(killed)
    assert quarantined(out) == []
    assert not (out / ".work").exists()
    assert len(undisturbed) == 1000
    assert_same_documents(undisturbed, written_documents(out))


def moments(seed: int) -> list[int]:
    return sorted(random.Random(seed).choices(range(N_SHARDS - 8), k=N_KILLS))


def test_local_processes(files, undisturbed, tiny_bundle, tmp_path):
    out = tmp_path / "out"
    killed = run_with_kills(
        command(
            *(files, "-o", out, "--engine", "local", "--workers", 2),
            *("--model", tiny_bundle, "--shard-size", 10),
        ),
        out,
        moments=moments(1),
        n_drivers=5,
        seed=1,
        workers=lambda driver: descendants(driver, "spawn_main"),
    )
    check(killed, out, undisturbed)


def test_rays_actors(files, undisturbed, tiny_bundle, tmp_path):
    pytest.importorskip("ray")
    out = tmp_path / "out"
    with running_ray(2) as cluster:
        killed = run_with_kills(
            command(
                *(files, "-o", out, "--engine", "ray", "--workers", 2),
                *("--model", tiny_bundle, "--shard-size", 10),
            ),
            out,
            moments=moments(2),
            n_drivers=3,  # to join takes each of them seconds
            seed=2,
            workers=lambda _: cluster.actors(),
            environment=cluster.environment,
        )
    check(killed, out, undisturbed)
