"""The 8-bit twin of a graph: near the original, exact sums, deaf to the batch."""

from pathlib import Path

import numpy as np
import onnx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from invented_texts import invented_texts
from onnx import parser
from tiny_tagger import make_tokenizer, write_graph

from bioweave.bundle import OnnxGraph
from bioweave.bundle.fusing import optimise_graph
from bioweave.bundle.quantise import quantise_graph
from bioweave.bundle.weights import quantise_columns, quantise_rows
from bioweave.features.batches import bucket_windows, pad_windows, padded
from bioweave.features.windows import Window, WindowSettings, make_windows
from bioweave.text import segment

matrices = arrays.arrays(
    np.float32,
    st.tuples(st.integers(1, 9), st.integers(1, 5)),
    elements=st.floats(-1000, 1000, width=32),
)


@given(matrices)
def test_column_integers_are_near_and_their_pairs_never_saturate(weights: np.ndarray) -> None:
    integers, scales = quantise_columns(weights)
    assert integers.dtype == np.int8
    # Half a step by rounding, and one more where a pair had to step back.
    assert (np.abs(integers * scales - weights) <= 1.51 * scales + 1e-6).all()
    sizes = np.abs(np.vstack([integers, np.zeros((len(integers) % 2, integers.shape[1]))]))
    assert (255 * (sizes[0::2] + sizes[1::2]) <= 2**15 - 1).all()


@given(matrices)
def test_row_integers_are_near(table: np.ndarray) -> None:
    integers, scales = quantise_rows(table)
    assert scales.shape == (len(table), 1)
    assert (np.abs(integers * scales - table) <= 0.51 * scales + 1e-6).all()


@pytest.fixture(scope="module")
def graphs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("graphs")
    # Only a table of thousands of rows is worth its integers.
    write_graph(folder / "fp32.onnx", n_pieces=3000)
    quantise_graph(folder / "fp32.onnx", folder / "int8.onnx")
    return folder / "fp32.onnx", folder / "int8.onnx"


@pytest.fixture(scope="module")
def windows() -> list[Window]:
    tokenizer = make_tokenizer()
    return [
        window
        for text in invented_texts(30, seed=8)
        for window in make_windows(text, segment(text), tokenizer, WindowSettings(40))
    ]


def test_it_is_near_and_small_and_keeps_the_last_layer(graphs, windows) -> None:
    fp32, int8 = graphs
    inputs = pad_windows(windows)
    expected, found = OnnxGraph(fp32)(inputs), OnnxGraph(int8)(inputs)
    is_word = np.arange(expected.shape[1]) < inputs["n_words"][:, None]
    deviation = (found - expected)[is_word]
    assert 0 < np.sqrt((deviation**2).mean()) < 0.05 * expected[is_word].std()
    assert int8.stat().st_size < 0.4 * fp32.stat().st_size
    constants = {one.name: one.data_type for one in onnx.load(int8).graph.initializer}
    assert constants["head_weights"] == onnx.TensorProto.FLOAT
    assert constants["inner_weights.integers"] == onnx.TensorProto.INT8
    assert constants["embeddings.integers"] == onnx.TensorProto.INT8
    assert not {"inner_weights", "embeddings"} & constants.keys()


@pytest.mark.parametrize("precision", [0, 1])
def test_emissions_are_the_same_bit_by_bit_in_any_batch(graphs, windows, precision: int) -> None:
    graph = OnnxGraph(graphs[precision])
    alone = [
        graph(pad_windows([window], padded(len(window.piece_ids))))[0][: len(window.word_pieces)]
        for window in windows
    ]
    random = np.random.default_rng(0)
    for max_pieces in (128, 500, 4000):
        order = random.permutation(len(windows)).tolist()
        for n_pieces, indices in bucket_windows([windows[i] for i in order], max_pieces):
            members = [order[index] for index in indices]
            batch = graph(pad_windows([windows[i] for i in members], n_pieces))
            for emissions, member in zip(batch, members, strict=True):
                assert np.array_equal(emissions[: len(alone[member])], alone[member])


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
    operators = [node.op_type for node in onnx.load(tmp_path / "b.onnx").graph.node]
    assert operators == (["Gelu"] if is_fused else ["Div", "Erf", "Add", "Mul", "Mul"])
    inputs = {"x": np.linspace(-6, 6, 99, dtype=np.float32)}
    before, after = (OnnxGraph(tmp_path / name)(inputs) for name in ("a.onnx", "b.onnx"))
    assert np.allclose(before, after, atol=1e-6)
