import numpy as np
import onnxruntime
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from bioweave.model.pos import PosNetwork, PosNetworkSettings
from bioweave.model.pos_export import export_pos_network, quantised_rows

N_ROWS, N_TAGS, N_FEATURES = 60, 7, 5


@pytest.fixture(scope="module")
def network() -> PosNetwork:
    torch.manual_seed(3)
    made = PosNetwork(N_ROWS, N_TAGS, PosNetworkSettings(embedding_width=8, width=12, n_layers=2))
    with torch.no_grad():
        for parameter in made.parameters():
            parameter.add_(torch.randn_like(parameter) * 0.2)
        made.table.weight[0] = 0  # as training keeps it
    return made.eval()


def some_rows(n_words: int, seed: int = 0) -> torch.Tensor:
    return torch.from_numpy(np.random.default_rng(seed).integers(0, N_ROWS, (n_words, N_FEATURES)))


def rounded(network: PosNetwork) -> PosNetwork:
    """The network with its weights as the graph stores them."""
    copy = PosNetwork(N_ROWS, N_TAGS, network.settings)
    state = {name: weight.half().float() for name, weight in network.state_dict().items()}
    levels, scales = quantised_rows(network.table.weight.detach().numpy())
    state["table.weight"] = torch.from_numpy(levels.astype(np.float32) * scales.astype(np.float32))
    copy.load_state_dict(state)
    return copy.eval()


@torch.no_grad()
def test_onnx_runtime_computes_what_pytorch_computes(network, tmp_path):
    export_pos_network(network, tmp_path / "graph.onnx")
    session = onnxruntime.InferenceSession(
        tmp_path / "graph.onnx", providers=["CPUExecutionProvider"]
    )
    for n_words in (1, 2, 3, 40):
        rows = some_rows(n_words, seed=n_words)
        is_word = torch.arange(n_words) % 7 != 4
        tags, scores = session.run(
            ["tags", "scores"],
            {"rows": rows.numpy().astype(np.int32), "is_word": is_word.numpy()},
        )
        expected = rounded(network)(rows, is_word)
        np.testing.assert_allclose(scores, expected, atol=1e-4)
        np.testing.assert_array_equal(tags, expected.argmax(dim=1))
        # Eight bits and half precision cost little, too.
        np.testing.assert_allclose(scores, network(rows, is_word), atol=0.1)


@torch.no_grad()
def test_a_sentence_is_scored_as_if_it_stood_alone(network):
    first, second = some_rows(6, seed=1), some_rows(9, seed=2)
    gap = torch.full((1, N_FEATURES), 5)
    together = network(torch.cat([first, gap, second]), torch.arange(16) != 6)
    torch.testing.assert_close(together[:6], network(first, torch.ones(6, dtype=torch.bool)))
    torch.testing.assert_close(together[7:], network(second, torch.ones(9, dtype=torch.bool)))


@settings(max_examples=25)
@given(n_words=st.integers(1, 12), changed=st.integers(0, 11))
@torch.no_grad()
def test_a_word_is_scored_by_its_neighbourhood_alone(network, n_words, changed):
    rows, is_word = some_rows(n_words), torch.ones(n_words, dtype=torch.bool)
    others = rows.clone()
    others[changed % n_words] = (others[changed % n_words] + 1) % N_ROWS
    differs = (network(rows, is_word) != network(others, is_word)).any(dim=1)
    for place in differs.nonzero().ravel().tolist():
        assert abs(place - changed % n_words) <= network.settings.n_layers
    assert differs[changed % n_words]


@given(
    st.lists(
        st.lists(st.floats(-1e3, 1e3, width=32), min_size=3, max_size=3), min_size=1, max_size=5
    )
)
def test_quantised_rows_are_near_the_table(table):
    table = np.array(table, dtype=np.float32)
    levels, scales = quantised_rows(table)
    assert levels.dtype == np.int8
    assert scales.dtype == np.float16
    restored = levels.astype(np.float32) * scales.astype(np.float32)
    # Half a level, and what half precision cuts off the scale at the far end.
    largest = np.abs(table).max(axis=1, keepdims=True)
    assert (np.abs(restored - table) <= largest * (0.5 / 127 + 1e-3) + 1e-4).all()
