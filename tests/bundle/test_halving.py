"""The graph that a GPU runs, on the processor: in 16-bit floats, near what it was made from."""

from collections import Counter
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from invented_texts import invented_texts
from tiny_tagger import make_tokenizer, write_graph

from bioweave import corpus
from bioweave.annotator import Annotator
from bioweave.bundle import Bundle, OnnxGraph
from bioweave.bundle.halving import half_precision
from bioweave.bundle.quantise import quantise_graph
from bioweave.features.batches import bucket_windows, pad_windows
from bioweave.features.windows import WindowSettings, make_windows
from bioweave.scoring import strict_f1
from bioweave.text import segment

CORPORA = Path(__file__).parents[1] / "data" / "corpora"


@pytest.fixture(scope="module")
def batches() -> list[dict[str, np.ndarray]]:
    tokenizer = make_tokenizer()
    windows = [
        window
        for text in invented_texts(40)
        for window in make_windows(text, segment(text), tokenizer, WindowSettings(48))
    ]
    return [
        pad_windows([windows[i] for i in indices], n_pieces)
        for n_pieces, indices in bucket_windows(windows, 512)
    ]


class Half:
    """A halved graph on the processor."""

    def __init__(self, path: Path) -> None:
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        model = half_precision(path)
        self._session = onnxruntime.InferenceSession(
            model, options, providers=["CPUExecutionProvider"]
        )

    def __call__(self, inputs: dict[str, np.ndarray]) -> np.ndarray:
        feed = {one.name: inputs[one.name] for one in self._session.get_inputs()}
        return np.asarray(self._session.run(["emissions"], feed)[0])


@pytest.mark.parametrize("kind", ["fp32", "int8", "int8 with samples"])
def test_it_is_near_the_float32_graph(
    kind: str, tmp_path: Path, batches: list[dict[str, np.ndarray]]
) -> None:
    write_graph(tmp_path / "fp32.onnx")
    path = tmp_path / "fp32.onnx"
    if kind != "fp32":
        path = tmp_path / "int8.onnx"
        quantise_graph(tmp_path / "fp32.onnx", path, batches[:3] if "samples" in kind else ())
    model = onnx.load_from_string(half_precision(path))
    operators = Counter(node.op_type for node in model.graph.node)
    assert not {"MatMulIntegerToFloat", "QuantizeLinear"} & operators.keys()
    types = {one.data_type for one in model.graph.initializer}
    assert onnx.TensorProto.FLOAT16 in types
    assert onnx.TensorProto.FLOAT not in types
    assert all(
        one.type.tensor_type.elem_type == onnx.TensorProto.FLOAT for one in model.graph.output
    )

    exact, given, half = OnnxGraph(tmp_path / "fp32.onnx"), OnnxGraph(path), Half(path)
    for inputs in batches:
        is_word = np.arange(inputs["word_pieces"].shape[1]) < inputs["n_words"][:, None]
        wanted, found = exact(inputs)[is_word], half(inputs)[is_word]
        assert found.dtype == np.float32
        if kind == "fp32":
            assert np.abs(found - wanted).max() < 0.02 * np.abs(wanted).max()
        else:
            # Weights were rounded to 8 bits; what int8 rounds on the way is not.
            error, before = (np.abs(one - wanted).mean() for one in (found, given(inputs)[is_word]))
            assert error < 1.2 * before


def test_the_default_bundle_finds_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BIOWEAVE_CORPORA", str(CORPORA))
    documents = corpus.load("sample", "train")
    bundle = Bundle.load("default")
    path = bundle.path
    assert path is not None
    half = Bundle(
        bundle.manifest,
        bundle.tokenizer,
        bundle.chains,
        Half(path / "graph.onnx"),
        own_names=bundle.own_names,
    )
    ours, theirs = (list(Annotator(one).pipe(documents)) for one in (bundle, half))
    assert sum(len(document.mentions) for document in ours) > 50
    assert strict_f1(ours, theirs, bundle.manifest.labels) > 0.98
