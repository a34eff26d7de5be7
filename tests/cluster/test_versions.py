"""Which documents stand, held against a way of saying it that is slow and plain."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from bioweave.cluster.identity import Identities, key_of
from bioweave.cluster.versions import resolve_versions

DELETION = 0
# Few ids, so that most come several times; versions as NLM counts them, and deletions.
events = st.lists(
    st.lists(st.tuples(st.integers(1, 6), st.integers(DELETION, 3)), max_size=8), max_size=5
)


def written(folder, shards):
    files = []
    for number, shard in enumerate(shards):
        keys = np.array([key for key, _ in shard], np.uint64)
        versions = np.array([version for _, version in shard], np.uint8)
        path = folder / f"{number}.npz"
        Identities(keys, versions).write(path)
        files.append((number, path))
    return files


def standing_one_by_one(shards):
    """By id what stands, as a list of changes leaves it: (shard, position, version)."""
    stands, n_documents, n_deleted = {}, 0, 0
    seen = {}
    for number, shard in enumerate(shards):
        position = 0
        for key, version in shard:
            if version == DELETION:
                n_deleted += len(seen.pop(key, []))
                stands.pop(key, None)
                continue
            n_documents += 1
            seen.setdefault(key, []).append((number, position))
            if key not in stands or version >= stands[key][2]:
                stands[key] = (number, position, version)
            position += 1
    return stands, n_documents, n_deleted


@given(events, st.integers(1, 7))
def test_newest_version_stands_and_deletions_count(tmp_path_factory, shards, keys_at_once):
    found = resolve_versions(
        written(tmp_path_factory.mktemp("ids"), shards), keys_at_once=keys_at_once
    )
    stands, n_documents, n_deleted = standing_one_by_one(shards)
    left = {
        (number, position)
        for number, shard in enumerate(shards)
        for position in range(sum(version != DELETION for _, version in shard))
        if position not in found.dropped[number].tolist()
    }
    assert left == {place[:2] for place in stands.values()}
    assert (found.n_documents, found.n_deleted) == (n_documents, n_deleted)
    assert found.n_standing == len(stands)
    for positions in found.dropped.values():
        assert positions.tolist() == sorted(set(positions.tolist()))


def test_no_files_at_all_have_no_documents():
    assert resolve_versions([]).n_documents == 0


def test_numbers_of_pubmed_are_their_own_keys_and_others_never_meet_them():
    assert key_of("PMID:37000001") == 37_000_001
    hashed = [key_of(one) for one in ("37000001", "PMID:037", "PMID:0", "PMC7", "", "\ud800")]
    assert all(key >> 63 for key in hashed)
    assert len(set(hashed)) == len(hashed)
