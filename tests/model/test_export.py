"""The exported graph against PyTorch: same numbers at any size, whatever the parts."""

from __future__ import annotations

from collections import Counter

import numpy as np
import onnx
import onnxruntime
import pytest
import torch

from bioweave.model.export import OPSET, export_onnx

from .conftest import EVERYTHING, tiny_tagger, used, word_rows

# Together every value of every part, and both kinds of position.
CASES = {
    "bert": ("bert", {}),
    "bert-all": (
        "bert",
        {
            **EVERYTHING,
            "pooling": "first_last",
            "characters": "bilstm",
            "context": "bilstm",
            "context_layers": 2,
        },
    ),
    "mpnet-all": (
        "mpnet",
        {**EVERYTHING, "pooling": "mean", "characters": "cnn", "context": "bigru"},
    ),
    "vectors-below": ("bert", {"vectors": True, "vectors_at": "pieces"}),
    "vectors-both": ("mpnet", {"vectors": True, "vectors_at": "both"}),
    "two-encoders": ("bert", {"second_encoder": "mpnet"}),
    "two-encoders-gated": (
        "mpnet",
        {"second_encoder": "bert", "join": "gate", "pooling": "first_last", "context": "bigru"},
    ),
    "templates-alone": (None, {"templates": True, "template_width": 8}),
    "no-encoder": (None, {"vectors": True, "characters": "bilstm", "context": "bigru"}),
}
# batch, pieces, words, characters; single ones too, and sizes above the example's.
SIZES = [(1, 8, 1, 1), (1, 16, 8, 3), (3, 24, 8, 6), (2, 64, 31, 12), (5, 8, 4, 2)]


@pytest.fixture(scope="module", params=CASES)
def exported(request, tmp_path_factory):
    """A tagger, its graph as written, and a session that runs it."""
    torch.manual_seed(3)
    kind, settings = CASES[request.param]
    tagger = tiny_tagger(kind, n_layers=1, **settings)
    path = tmp_path_factory.mktemp("graph") / "graph.onnx"
    tagger.train()
    before = {name: value.clone() for name, value in tagger.state_dict().items()}
    export_onnx(tagger, path)
    assert tagger.training
    assert all(torch.equal(value, before[name]) for name, value in tagger.state_dict().items())
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    return tagger.eval(), onnx.load(path), session


def run(session: onnxruntime.InferenceSession, inputs: dict[str, torch.Tensor]) -> torch.Tensor:
    names = [given.name for given in session.get_inputs()]
    (emissions,) = session.run(["emissions"], {name: inputs[name].numpy() for name in names})
    return torch.from_numpy(emissions)


def test_numbers_are_pytorchs(exported, make_inputs):
    tagger, _, session = exported
    for batch, pieces, words, characters in SIZES:
        inputs = make_inputs(batch, pieces, words, characters=characters, seed=pieces)
        with torch.no_grad():
            expected = tagger(**used(tagger, inputs))
        found = run(session, inputs)
        assert found.shape == expected.shape
        n_words = inputs["n_words"]
        torch.testing.assert_close(
            word_rows(found, n_words), word_rows(expected, n_words), atol=1e-5, rtol=1e-5
        )


def test_rows_do_not_know_of_each_other(exported, make_inputs):
    _, _, session = exported
    inputs = make_inputs(6, 24, 9)
    together = run(session, inputs)
    order = torch.tensor([4, 2])
    others = run(session, {name: value[order] for name, value in inputs.items()})
    for place, row in enumerate(order.tolist()):
        n_words = int(inputs["n_words"][row])
        torch.testing.assert_close(
            others[place, :n_words], together[row, :n_words], atol=1e-6, rtol=1e-6
        )


def test_the_graph_is_as_promised(exported):
    tagger, model, session = exported
    onnx.checker.check_model(model, full_check=True)
    assert [given.name for given in session.get_inputs()] == list(tagger.input_names)
    shapes = {given.name: given.shape for given in session.get_inputs()}
    assert shapes["n_words"] == ["batch"]
    assert {given.type for given in session.get_inputs()} <= {"tensor(int64)", "tensor(float)"}
    (output,) = session.get_outputs()
    assert (output.name, output.shape) == ("emissions", ["batch", "words", 12])
    assert [(item.domain, item.version) for item in model.opset_import] == [("", OPSET)]
    assert not model.functions


def test_weights_are_constants_that_a_quantiser_finds(exported):
    """Every linear layer is one MatMul with a constant; recurrences are the standard's own."""
    tagger, model, _ = exported
    constants = {item.name: item for item in model.graph.initializer}
    constant_products = [
        node for node in model.graph.node if node.op_type == "MatMul" and node.input[1] in constants
    ]
    linear = [module for module in tagger.modules() if isinstance(module, torch.nn.Linear)]
    assert len(constant_products) == len(linear)
    kinds = Counter(node.op_type for node in model.graph.node)
    contexts = [module for module in tagger.modules() if hasattr(module, "rightward")]
    assert kinds["LSTM"] + kinds["GRU"] == sum(len(module.rightward) for module in contexts)
    assert not {"Loop", "Scan", "If"} & set(kinds)
    recurrent = [node for node in model.graph.node if node.op_type in ("LSTM", "GRU")]
    assert all(name in constants for node in recurrent for name in node.input[1:4])


def test_weights_are_stored_once(exported):
    tagger, model, _ = exported
    stored = sum(int(np.prod(item.dims)) for item in model.graph.initializer)
    weights = sum(value.numel() for name, value in tagger.state_dict().items())
    chains = sum(value.numel() for name, value in tagger.state_dict().items() if "chains" in name)
    assert stored <= (weights - chains) + 600  # positions and other small constants
