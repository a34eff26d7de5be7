"""Several taggers that annotate as one: members' bundles in a folder, and how they are pooled.

FUSED/
  manifest.json      labels, thresholds, who the members are
  fusion.npz         a pool for each head
  members/0, 1, ...  a bundle each
  features/          a dictionary, where a pool asks for its hits
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bioweave.bundle.bundle import FEATURES_NAME, Bundle
from bioweave.bundle.checksums import verify_checksums
from bioweave.bundle.folders import replaced_folder, seal
from bioweave.bundle.location import find_bundle
from bioweave.bundle.manifest import (
    FusionManifest,
    Manifest,
    read_manifest,
)
from bioweave.bundle.own_names import OwnNames
from bioweave.errors import BundleError, ConfigurationError
from bioweave.features.word_features import WordFeaturizer
from bioweave.fusion import Pool, StackingPool, load_pool, pool_arrays

FUSION_NAME = "fusion.npz"
MEMBERS_NAME = "members"


@dataclass(frozen=True, eq=False)
class FusedBundle:
    """Members and a pool for each head of the manifest, which are in BIO.

    `featurizer` makes the dictionary's hits that a stacking pool asks for. With a path it is
    pickled by that, as a `Bundle` is.
    """

    manifest: Manifest
    members: tuple[Bundle, ...]
    pools: tuple[Pool, ...]
    featurizer: WordFeaturizer | None = None
    path: Path | None = None

    @classmethod
    def load(cls, path: str | Path, device: str = "cpu") -> FusedBundle:
        """The fused bundle in a folder; raises what `Bundle.load` does."""
        folder = find_bundle(path)
        manifest = read_manifest(folder)
        if manifest.fusion is None:
            raise BundleError(f"{folder}: holds one tagger, not several")
        verify_checksums(folder, manifest.checksums)
        members = tuple(
            Bundle.load(folder / MEMBERS_NAME / str(number), device)
            for number in range(len(manifest.fusion.members))
        )
        featurizer = None
        if f"{FEATURES_NAME}/features.json" in manifest.checksums:
            featurizer = WordFeaturizer.load(folder / FEATURES_NAME)
        pools = _load_pools(folder / FUSION_NAME, len(manifest.heads))
        n_hits = featurizer.sizes["dictionary"] if featurizer is not None else 0
        for pool in pools:
            if isinstance(pool, StackingPool) and pool.n_hits != n_hits:
                raise BundleError(
                    f"{folder}: its pools read {pool.n_hits} columns of dictionary hits, and its "
                    f"dictionary gives {n_hits}; fuse the members again"
                )
        return cls(manifest, members, pools, featurizer, folder)

    @property
    def own_names(self) -> OwnNames | None:
        """Those of its members together."""
        return OwnNames.of_members(member.own_names for member in self.members)

    @property
    def fusion(self) -> FusionManifest:
        """Who the members are and how they are pooled."""
        if self.manifest.fusion is None:
            raise BundleError(f"{self.path or self.manifest.name}: holds one tagger, not several")
        return self.manifest.fusion

    def __reduce__(self) -> tuple[object, ...]:
        if self.path is not None:
            device = getattr(self.members[0].graph, "device", "cpu")
            return FusedBundle.load, (self.path, device)
        return FusedBundle, (self.manifest, self.members, self.pools, self.featurizer)


def open_bundle(path: str | Path = "default", device: str = "cpu") -> Bundle | FusedBundle:
    """The bundle in a folder, of one tagger or of several; see `Bundle.load`."""
    folder = find_bundle(path)
    kind = Bundle if read_manifest(folder).fusion is None else FusedBundle
    return kind.load(folder, device)


def write_fused_bundle(
    folder: Path,
    manifest: Manifest,
    *,
    members: Sequence[Path],
    pools: Sequence[Pool],
    featurizer: WordFeaturizer | None = None,
) -> None:
    """Write a fused bundle of copies of the members' folders.

    As with `write_bundle` the folder appears whole or not at all. Raises ConfigurationError where
    the folder holds something else, or the parts do not fit the manifest.
    """
    if manifest.fusion is None or len(manifest.fusion.members) != len(members):
        raise ConfigurationError("the manifest does not name as many members as there are")
    if len(pools) != len(manifest.heads):
        raise ConfigurationError(f"{len(pools)} pools for {len(manifest.heads)} heads")
    with replaced_folder(folder) as new:
        for number, member in enumerate(members):
            shutil.copytree(member, new / MEMBERS_NAME / str(number))
        arrays: dict[str, npt.NDArray[Any]] = {
            f"{place}.{name}": array
            for place, pool in enumerate(pools)
            for name, array in pool_arrays(pool).items()
        }
        np.savez(new / FUSION_NAME, **arrays)  # type: ignore[arg-type]
        if featurizer is not None:
            featurizer.save(new / FEATURES_NAME)
        seal(new, manifest)


def _load_pools(path: Path, n_heads: int) -> tuple[Pool, ...]:
    try:
        with np.load(path, allow_pickle=False) as arrays:
            return tuple(_pool_of(arrays, place) for place in range(n_heads))
    except (OSError, ValueError) as error:
        raise BundleError(
            f"{path}: no readable pools for {n_heads} heads ({error}); fuse the members again"
        ) from error


def _pool_of(arrays: Mapping[str, npt.NDArray[Any]], place: int) -> Pool:
    prefix = f"{place}."
    own = {name.removeprefix(prefix): arrays[name] for name in arrays if name.startswith(prefix)}
    return load_pool(own)
