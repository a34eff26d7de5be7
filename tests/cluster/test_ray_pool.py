"""How Ray is begun."""

from __future__ import annotations

from typing import Any

import pytest

from bioweave.errors import ConfigurationError

ray_pool = pytest.importorskip("bioweave.cluster.ray_pool")


@pytest.fixture
def begun(monkeypatch) -> list[tuple[tuple, dict[str, Any]]]:
    """What `ray.init` was called with."""
    calls: list[tuple[tuple, dict[str, Any]]] = []
    monkeypatch.setattr(ray_pool.ray, "is_initialized", lambda: False)
    monkeypatch.setattr(ray_pool.ray, "init", lambda *one, **more: calls.append((one, more)))
    monkeypatch.setattr(ray_pool.ray, "cluster_resources", lambda: {"CPU": 2.0})
    monkeypatch.setattr(ray_pool.ray, "shutdown", lambda: None)
    monkeypatch.delenv("RAY_ADDRESS", raising=False)
    return calls


def test_no_cluster_that_happens_to_run_here_is_joined(begun):
    ray_pool.RayPool(2)
    [(named, options)] = begun
    assert named == ("local",)
    assert options["num_cpus"] == 2


@pytest.mark.parametrize(("address", "named"), [("head:6379", ()), ("", ("local",))])
def test_an_address_is_joined(begun, monkeypatch, address, named):
    monkeypatch.setenv("RAY_ADDRESS", address)
    ray_pool.RayPool(2)
    assert [one for one, _ in begun] == [named]


@pytest.mark.usefixtures("begun")
def test_actors_do_not_wait_for_a_gpu_that_is_not_there():
    with pytest.raises(ConfigurationError, match="no GPU on this machine"):
        ray_pool.RayPool(2, device="cuda")
