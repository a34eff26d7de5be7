"""Rewritten graphs compute the same, faster; what only looks alike stays as it is."""

from collections import Counter
from pathlib import Path

import numpy as np
import onnx
import pytest
from invented_texts import invented_texts
from onnx import numpy_helper, parser
from tiny_tagger import make_tokenizer, write_graph

from bioweave.bundle import OnnxGraph
from bioweave.bundle.optimise import optimise_graph
from bioweave.features.batches import pad_windows
from bioweave.features.windows import WindowSettings, make_windows
from bioweave.text import segment

GELU = """
<ir_version: 9, opset_import: ["" : 18]>
gelu (float[N] x) => (float[N] emissions)
<float root = {%s}, float one = {1.0}, float half = {0.5}>
{
  a = Div (x, root)
  b = Erf (a)
  c = Add (b, one)
  d = Mul (half, c)
  emissions = Mul (x, d)
}
"""


@pytest.mark.parametrize(("root", "is_fused"), [("1.4142135", True), ("1.5", False)])
def test_gelu_becomes_one_operator_and_what_only_looks_like_it_stays(
    tmp_path: Path, root: str, is_fused: bool
) -> None:
    onnx.save(parser.parse_model(GELU % root), tmp_path / "a.onnx")
    optimise_graph(tmp_path / "a.onnx", tmp_path / "b.onnx")
    expected = ["Gelu"] if is_fused else ["Div", "Erf", "Add", "Mul", "Mul"]
    assert operators(tmp_path / "b.onnx") == expected
    inputs = {"x": np.linspace(-6, 6, 99, dtype=np.float32)}
    before, after = (OnnxGraph(tmp_path / name)(inputs) for name in ("a.onnx", "b.onnx"))
    assert np.allclose(before, after, atol=1e-6)


def test_words_pieces_are_looked_up_before_what_each_piece_goes_through_alone(
    tmp_path: Path,
) -> None:
    write_graph(tmp_path / "a.onnx")
    optimise_graph(tmp_path / "a.onnx", tmp_path / "b.onnx")
    before, after = operators(tmp_path / "a.onnx"), operators(tmp_path / "b.onnx")
    assert before.index("GatherND") > before.index("LayerNormalization")
    # Two values lead there: the residual and what attention mixed.
    assert after.count("GatherND") == 2
    assert after.index("LayerNormalization") > after.index("GatherND")
    text = " ".join(invented_texts(9, seed=2))
    inputs = pad_windows(make_windows(text, segment(text), make_tokenizer(), WindowSettings(40)))
    assert inputs["piece_ids"].shape[1] > inputs["word_pieces"].shape[1] > 8
    expected, found = (OnnxGraph(tmp_path / name)(inputs) for name in ("a.onnx", "b.onnx"))
    assert np.allclose(expected, found, atol=1e-5)


# Two words each of which looks up a value, or a value that somebody else wants as a whole.
TWO_READERS = """
<ir_version: 9, opset_import: ["" : 18]>
words (float[B,P,4] x, int64[B,W,1] places) => (float[B,W,4] emissions, float[B,P,4] y)
{
  y = Relu (x)
  emissions = GatherND <batch_dims = 1> (y, places)
}
"""
ACROSS_ROWS = TWO_READERS.replace(", float[B,P,4] y)", ")").replace(
    "Relu (x)", "Softmax <axis = 1> (x)"
)


@pytest.mark.parametrize("text", [TWO_READERS, ACROSS_ROWS])
def test_what_others_read_or_mixes_pieces_stays_before_the_look_up(
    tmp_path: Path, text: str
) -> None:
    onnx.save(parser.parse_model(text), tmp_path / "a.onnx")
    optimise_graph(tmp_path / "a.onnx", tmp_path / "b.onnx")
    assert operators(tmp_path / "b.onnx") == operators(tmp_path / "a.onnx")


ATTENTION = """
<ir_version: 9, opset_import: ["" : 18]>
attention (float[B,P,8] x, float[B,1,1,P] mask) => (float[B,P,8] emissions)
<int64[4] cut = {0, 0, 2, 4}, int64[3] join = {0, 0, 8}>
{
  %s
  raw = MatMul (query, key)
  scores = Mul (raw, half)
  masked = Add (scores, mask)
  attention = Softmax <axis = -1> (masked)
  mixed = MatMul (attention, value)
  back = Transpose <perm = [0, 2, 1, 3]> (mixed)
  emissions = Reshape (back, join)
}
"""
PROJECTION = """
  {0}_product = MatMul (x, {0}_weights)
  {0}_rows = Add ({0}_product, {0}_bias)
  {0}_cut = Reshape ({0}_rows, cut)
  {0} = Transpose <perm = [{1}]> ({0}_cut)
"""


@pytest.mark.parametrize("is_constant", [True, False], ids=["constant scale", "computed scale"])
def test_attention_reads_heads_where_they_lie(tmp_path: Path, is_constant: bool) -> None:
    random = np.random.default_rng(4)
    turns = {"query": "0, 2, 1, 3", "key": "0, 2, 3, 1", "value": "0, 2, 1, 3"}
    body = "".join(PROJECTION.format(*one) for one in turns.items())
    if not is_constant:
        body += "  half = ReduceMax <keepdims = 0> (mask)\n"
    model = parser.parse_model(ATTENTION % body)
    for name in turns:
        for part, shape in (("weights", (8, 8)), ("bias", (8,))):
            array = random.normal(size=shape).astype(np.float32)
            model.graph.initializer.append(numpy_helper.from_array(array, f"{name}_{part}"))
    if is_constant:
        half = numpy_helper.from_array(np.array(0.5, dtype=np.float32), "half")
        model.graph.initializer.append(half)
    onnx.save(model, tmp_path / "a.onnx")
    optimise_graph(tmp_path / "a.onnx", tmp_path / "b.onnx")
    counts = Counter(operators(tmp_path / "b.onnx"))
    assert (counts["FusedMatMul"], counts["Transpose"]) == ((2, 2) if is_constant else (0, 4))
    mask = np.zeros((3, 1, 1, 5), np.float32)
    mask[1, :, :, 3:] = -1e9
    inputs = {"x": random.normal(size=(3, 5, 8)).astype(np.float32), "mask": mask}
    expected, found = (OnnxGraph(tmp_path / name)(inputs) for name in ("a.onnx", "b.onnx"))
    assert np.abs(expected).max() > 0.5
    assert np.allclose(expected, found, atol=1e-5)


def operators(path: Path) -> list[str]:
    return [node.op_type for node in onnx.load(path).graph.node]
