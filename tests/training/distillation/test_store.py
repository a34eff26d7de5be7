"""Soft tags: what is sparse on disk is whole in memory."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from bioweave.errors import ConfigurationError
from bioweave.training.distillation.store import SURE, LabelStore, SoftTags

LOGITS = arrays.arrays(
    np.float32,
    st.tuples(st.integers(0, 9), st.integers(1, 3), st.just(3)),
    elements=st.floats(-12, 12, width=32),
)


def _softmax(logits: np.ndarray) -> np.ndarray:
    exponentials = np.exp(logits - logits.max(axis=-1, keepdims=True, initial=-99))
    return exponentials / exponentials.sum(axis=-1, keepdims=True)


@given(LOGITS)
def test_what_is_kept_is_close_and_sums_to_one(logits: np.ndarray) -> None:
    probabilities = _softmax(logits)
    dense = SoftTags.of(probabilities).dense()
    assert dense.shape == probabilities.shape
    assert np.allclose(dense.sum(axis=-1), 1.0, atol=1e-6)
    is_sure = probabilities[..., 0] >= SURE
    assert np.abs(dense - probabilities)[~is_sure].max(initial=0) < 1e-4
    assert (dense[is_sure] == np.eye(3, dtype=np.float32)[0]).all()


@given(st.lists(LOGITS.filter(lambda logits: logits.shape[1] == 2), max_size=4))
def test_a_shard_comes_back(tmp_path_factory: pytest.TempPathFactory, several: list) -> None:
    store = LabelStore(tmp_path_factory.mktemp("labels"), {"teacher": "x"})
    documents = [SoftTags.of(_softmax(logits)) for logits in several]
    assert not store.has(3)
    store.write(3, documents)
    assert store.has(3)
    read = list(store.read(3))
    assert len(read) == len(documents)
    for ours, theirs in zip(read, documents, strict=True):
        assert np.array_equal(ours.dense(), theirs.dense())


def test_text_without_mentions_takes_next_to_no_room(tmp_path: Path) -> None:
    store = LabelStore(tmp_path / "labels", {})
    certain = np.zeros((100_000, 4, 3), dtype=np.float32)
    certain[..., 0] = 1.0
    store.write(0, [SoftTags.of(certain)])
    assert (tmp_path / "labels" / "00000.npz").stat().st_size < 2_000


def test_a_folder_of_other_labels_is_refused(tmp_path: Path) -> None:
    LabelStore(tmp_path / "labels", {"teacher": "x"})
    LabelStore(tmp_path / "labels", {"teacher": "x"})
    with pytest.raises(ConfigurationError, match="labels of other teachers"):
        LabelStore(tmp_path / "labels", {"teacher": "y"})


def test_a_damaged_shard_is_named(tmp_path: Path) -> None:
    store = LabelStore(tmp_path / "labels", {})
    (tmp_path / "labels" / "00001.npz").write_bytes(b"PK not really")
    with pytest.raises(ConfigurationError, match=r"00001\.npz: no readable labels"):
        list(store.read(1))
