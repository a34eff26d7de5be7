"""Fused bundles: written whole, read back, refused where something is wrong."""

import dataclasses
import json
import pickle
from pathlib import Path

import numpy as np
import pytest
from tiny_tagger import write_tiny_bundle

from bioweave.bundle import Bundle, FusedBundle, OwnNames, open_bundle, write_fused_bundle
from bioweave.errors import BundleError, ConfigurationError
from bioweave.experiments.fusing import draft_of, open_members
from bioweave.fusion import LinearPool


@pytest.fixture(scope="module")
def members(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("members")
    return [write_tiny_bundle(folder / f"tiny{seed}", seed=seed) for seed in (1, 2)]


@pytest.fixture
def fused(members: list[Path], tmp_path: Path) -> Path:
    draft = draft_of(open_members(members))
    pools = [LinearPool(np.array([0.25, 0.75]), np.array([1.5, 0.5])) for _ in draft.pools]
    write_fused_bundle(tmp_path / "fused", draft.manifest, members=members, pools=pools)
    return tmp_path / "fused"


def test_what_is_written_comes_back(fused: Path) -> None:
    bundle = open_bundle(fused)
    assert isinstance(bundle, FusedBundle)
    assert bundle.fusion.members == ("tiny1", "tiny2")
    assert [head.labels for head in bundle.manifest.heads] == [("Chemical",), ("Disease", "Gene")]
    assert bundle.manifest.licences == {"weights": "CC0"}
    for pool in bundle.pools:
        assert isinstance(pool, LinearPool)
        assert pool.weights.tolist() == [0.25, 0.75]
        assert pool.temperatures.tolist() == [1.5, 0.5]


def test_another_process_loads_it_by_its_path(fused: Path) -> None:
    again = pickle.loads(pickle.dumps(open_bundle(fused)))
    assert again.path == fused
    assert len(again.members) == 2


def test_it_knows_the_names_that_its_members_know(fused: Path) -> None:
    bundle = FusedBundle.load(fused)
    assert bundle.own_names is None
    names = [OwnNames({"Gene": frozenset({name})}) for name in ("borvulon", "marlin")]
    knowing = [
        dataclasses.replace(member, own_names=own)
        for member, own in zip(bundle.members, names, strict=True)
    ]
    both = dataclasses.replace(bundle, members=tuple(knowing)).own_names
    assert both == OwnNames({"Gene": frozenset({"borvulon", "marlin"})})


def test_a_single_tagger_is_still_one(members: list[Path]) -> None:
    assert isinstance(open_bundle(members[0]), Bundle)
    with pytest.raises(BundleError, match="holds one tagger, not several"):
        FusedBundle.load(members[0])


def test_a_damaged_member_is_noticed(fused: Path) -> None:
    graph = fused / "members" / "1" / "graph.onnx"
    graph.write_bytes(graph.read_bytes()[:-1] + b"x")
    with pytest.raises(BundleError, match=r"members/1/graph\.onnx.*damaged or changed"):
        open_bundle(fused)


def test_pools_that_fit_no_head_are_noticed(fused: Path) -> None:
    np.savez(fused / "fusion.npz", **{"0.weights": np.ones(2)})
    manifest = json.loads((fused / "manifest.json").read_text())
    del manifest["checksums"]["fusion.npz"]
    (fused / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(BundleError, match="no readable pools for 2 heads"):
        open_bundle(fused)


def test_nothing_else_is_overwritten(members: list[Path], tmp_path: Path) -> None:
    draft = draft_of(open_members(members))
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(ConfigurationError, match="holds something else than a bundle"):
        write_fused_bundle(tmp_path, draft.manifest, members=members, pools=draft.pools)
    with pytest.raises(ConfigurationError, match="1 pools for 2 heads"):
        write_fused_bundle(tmp_path / "new", draft.manifest, members=members, pools=draft.pools[:1])
    with pytest.raises(ConfigurationError, match="does not name as many members"):
        write_fused_bundle(tmp_path / "new", draft.manifest, members=members[:1], pools=draft.pools)
    assert not (tmp_path / "new").exists()
