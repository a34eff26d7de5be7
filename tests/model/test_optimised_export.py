"""What becomes of an exported tagger when its graph is rewritten for speed, and in 8 bits."""

from __future__ import annotations

from collections import Counter

import numpy as np
import onnx
import pytest

from bioweave.bundle import OnnxGraph
from bioweave.bundle.optimise import optimise_graph
from bioweave.model.export import example_inputs, export_onnx

from .conftest import EVERYTHING, tiny_tagger


@pytest.mark.parametrize(
    ("kind", "settings", "n_attentions", "n_look_ups"),
    [
        # One after attention, and the residual beside it.
        ("bert", {"vectors": True}, 2, 2),
        ("bert", {**EVERYTHING, "vectors_at": "both", "context": "bilstm"}, 2, 2),
        ("bert", {"pooling": "first_last"}, 2, 2),
        # Its attention knows distances, which is another spelling.
        ("mpnet", {"pooling": "mean"}, 0, 0),
    ],
)
def test_a_rewritten_tagger_says_the_same(
    tmp_path, kind: str, settings: dict, n_attentions: int, n_look_ups: int
) -> None:
    tagger = tiny_tagger(kind, **settings)
    export_onnx(tagger, tmp_path / "a.onnx")
    optimise_graph(tmp_path / "a.onnx", tmp_path / "b.onnx")
    nodes = onnx.load(tmp_path / "b.onnx").graph.node
    counts = Counter(node.op_type for node in nodes)
    # Words' own embeddings are looked up by Gather.
    assert counts["FusedMatMul"] == 2 * n_attentions
    look_ups = [n for n in nodes if n.op_type == "GatherND" and "mask" not in n.input[0]]
    assert sum("copy" not in one.input[0] for one in look_ups) == n_look_ups
    inputs = {name: value.numpy() for name, value in example_inputs(tagger).items()}
    inputs["piece_ids"] = np.random.default_rng(1).integers(4, 40, inputs["piece_ids"].shape)
    inputs["piece_mask"][1, 9:] = 0
    expected, found = (OnnxGraph(tmp_path / name)(inputs) for name in ("a.onnx", "b.onnx"))
    is_word = np.arange(expected.shape[1]) < inputs["n_words"][:, None]
    assert np.allclose(expected[is_word], found[is_word], atol=1e-4)
