"""The 8-bit twin of a graph: near the original, exact sums, deaf to the batch."""

from collections import Counter
from pathlib import Path

import numpy as np
import onnx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from invented_texts import invented_texts
from tiny_tagger import make_tokenizer, write_graph

from bioweave.bundle import OnnxGraph
from bioweave.bundle.quantise import quantise_graph
from bioweave.bundle.weights import quantise_columns, quantise_rows
from bioweave.features.batches import bucket_windows, pad_windows, padded
from bioweave.features.windows import Window, WindowSettings, make_windows
from bioweave.text import segment

N_VECTORS = 2500

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
    assert_pairs_fit(integers)


@given(matrices, st.integers(0, 9))
def test_pairs_never_saturate_where_rounding_knows_what_comes(
    weights: np.ndarray, seed: int
) -> None:
    rows = np.random.default_rng(seed).normal(size=(20, len(weights)))
    integers, scales = quantise_columns(weights, rows.T @ rows / len(rows))
    assert np.isfinite(scales).all()
    assert_pairs_fit(integers)


def assert_pairs_fit(integers: np.ndarray) -> None:
    sizes = np.abs(np.vstack([integers, np.zeros((len(integers) % 2, integers.shape[1]))]))
    assert (255 * (sizes[0::2] + sizes[1::2]) <= 2**15 - 1).all()


def test_rounding_that_knows_what_comes_costs_the_product_less() -> None:
    random = np.random.default_rng(1)
    # Features that go together, as they do inside an encoder; more rows than are rounded at once.
    rows = random.normal(size=(600, 30)) @ random.normal(size=(30, 100))
    rows += 0.1 * random.normal(size=rows.shape)
    weights = random.normal(size=(100, 7)).astype(np.float32)
    costs = [
        np.square(rows @ (integers * scales - weights)).mean()
        for integers, scales in (
            quantise_columns(weights),
            quantise_columns(weights, rows.T @ rows / len(rows)),
        )
    ]
    assert costs[1] < 0.5 * costs[0]


@given(matrices)
def test_row_integers_are_near(table: np.ndarray) -> None:
    integers, scales = quantise_rows(table)
    assert scales.shape == (len(table), 1)
    assert (np.abs(integers * scales - table) <= 0.51 * scales + 1e-6).all()


@pytest.fixture(scope="module")
def windows() -> list[Window]:
    tokenizer = make_tokenizer()
    return [
        window
        for text in invented_texts(30, seed=8)
        for window in make_windows(text, segment(text), tokenizer, WindowSettings(40))
    ]


def with_vectors(windows: list[Window], n_pieces: int | None = None) -> dict[str, np.ndarray]:
    """The inputs of a graph that reads word embeddings, too; every third word has none."""
    features = []
    for window in windows:
        rows = window.word_chars[:, 0].astype(np.int64) * 37 % N_VECTORS
        features.append({"vectors": np.where(window.word_chars[:, 1] % 3 == 0, 0, rows)})
    return pad_windows(windows, n_pieces, features)


@pytest.fixture(scope="module")
def graphs(tmp_path_factory: pytest.TempPathFactory, windows: list[Window]) -> dict[str, Path]:
    """The float32 graph and its twins, made without and with samples of its inputs."""
    folder = tmp_path_factory.mktemp("graphs")
    paths = {name: folder / f"{name}.onnx" for name in ("fp32", "blind", "seen")}
    # Only a table of thousands of rows is worth its integers.
    write_graph(paths["fp32"], n_pieces=3000, n_vectors=N_VECTORS)
    quantise_graph(paths["fp32"], paths["blind"])
    quantise_graph(paths["fp32"], paths["seen"], [with_vectors(windows[::2])])
    return paths


@pytest.mark.parametrize("twin", ["blind", "seen"])
def test_it_is_near_and_small_and_keeps_the_last_layer(graphs, windows, twin: str) -> None:
    inputs = with_vectors(windows)
    expected, found = OnnxGraph(graphs["fp32"])(inputs), OnnxGraph(graphs[twin])(inputs)
    is_word = np.arange(expected.shape[1]) < inputs["n_words"][:, None]
    deviation = (found - expected)[is_word]
    assert 0 < np.sqrt((deviation**2).mean()) < 0.05 * expected[is_word].std()
    assert graphs[twin].stat().st_size < 0.4 * graphs["fp32"].stat().st_size
    constants = {one.name: one.data_type for one in onnx.load(graphs[twin]).graph.initializer}
    assert constants["head_weights"] == onnx.TensorProto.FLOAT
    assert constants["embeddings.integers"] == onnx.TensorProto.INT8
    assert constants["vectors.weight.integers"] == onnx.TensorProto.INT8
    integers = [name for name in constants if name.endswith(".weights")]
    assert {constants[name] for name in integers} == {onnx.TensorProto.INT8}
    assert len(integers) == 5  # queries, keys, values and both products behind
    floats = {"query_weights", "inner_weights", "outer_weights", "embeddings", "vectors.weight"}
    assert not floats & constants.keys()


def test_samples_fix_the_scale_of_what_has_no_floor(graphs, windows) -> None:
    counts = {
        twin: Counter(node.op_type for node in onnx.load(graphs[twin]).graph.node)
        for twin in ("blind", "seen")
    }
    assert counts["blind"]["ReduceMax"] == 3
    assert counts["seen"]["ReduceMax"] == 1
    assert counts["seen"].total() < counts["blind"].total()
    # One scale for all rows costs next to nothing, since features were evened out.
    inputs = with_vectors(windows)
    expected = OnnxGraph(graphs["fp32"])(inputs)
    is_word = np.arange(expected.shape[1]) < inputs["n_words"][:, None]
    blind, seen = (
        np.square(OnnxGraph(graphs[twin])(inputs) - expected)[is_word].mean()
        for twin in ("blind", "seen")
    )
    assert seen < 1.2 * blind


@pytest.mark.parametrize("precision", ["fp32", "blind", "seen"])
def test_emissions_are_the_same_bit_by_bit_in_any_batch(graphs, windows, precision: str) -> None:
    graph = OnnxGraph(graphs[precision])
    alone = [
        graph(with_vectors([window], padded(len(window.piece_ids))))[0][: len(window.word_pieces)]
        for window in windows
    ]
    random = np.random.default_rng(0)
    for max_pieces in (128, 500, 4000):
        order = random.permutation(len(windows)).tolist()
        for n_pieces, indices in bucket_windows([windows[i] for i in order], max_pieces):
            members = [order[index] for index in indices]
            batch = graph(with_vectors([windows[i] for i in members], n_pieces))
            for emissions, member in zip(batch, members, strict=True):
                assert np.array_equal(emissions[: len(alone[member])], alone[member])
