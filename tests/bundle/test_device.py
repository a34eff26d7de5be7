"""Where a graph runs; the GPU is an invented one."""

import onnxruntime
import pytest
from tiny_tagger import write_graph

from bioweave.bundle import OnnxGraph, device
from bioweave.bundle.device import choose_device, n_gpus
from bioweave.errors import ConfigurationError, MissingExtraError


@pytest.fixture
def machine(monkeypatch):
    def make(*, provider: bool = True, gpus: int = 1, onnx: bool = True):
        providers = ["CUDAExecutionProvider"] * provider + ["CPUExecutionProvider"]
        monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: providers)
        monkeypatch.setattr(device, "n_gpus", lambda: gpus)
        monkeypatch.setattr(device, "find_spec", lambda name: object() if onnx else None)

    return make


@pytest.mark.parametrize(
    ("missing", "chosen"),
    [({}, "cuda"), ({"provider": False}, "cpu"), ({"gpus": 0}, "cpu"), ({"onnx": False}, "cpu")],
)
def test_auto_takes_a_gpu_where_all_is_there_for_it(machine, missing, chosen) -> None:
    machine(**missing)
    assert choose_device("auto") == chosen
    assert choose_device("cpu") == "cpu"


def test_cuda_is_taken_at_its_word(machine) -> None:
    machine()
    assert choose_device("cuda") == "cuda"
    machine(provider=False)
    with pytest.raises(ConfigurationError, match="pip install onnxruntime-gpu"):
        choose_device("cuda")
    machine(onnx=False)
    with pytest.raises(MissingExtraError, match=r"bioweave\[gpu\]"):
        choose_device("cuda")
    with pytest.raises(ConfigurationError, match="unknown device 'tpu': it is one of auto, cpu"):
        choose_device("tpu")


def test_no_gpu_is_counted_where_there_is_no_driver(monkeypatch) -> None:
    def load(name):
        raise OSError(name)

    monkeypatch.setattr(device.ctypes, "CDLL", load)
    assert n_gpus() == 0


def test_the_driver_says_how_many_gpus_there_are(monkeypatch) -> None:
    class Driver:
        status = 0

        def cuInit(self, _):  # noqa: N802  the driver's own name
            return self.status

        def cuDeviceGetCount(self, count):  # noqa: N802
            count._obj.value = 2
            return 0

    driver = Driver()
    monkeypatch.setattr(device.ctypes, "CDLL", lambda name: driver)
    assert n_gpus() == 2
    driver.status = 100  # no device
    assert n_gpus() == 0


def test_a_graph_says_which_batches_suit_its_device(machine, monkeypatch, tmp_path) -> None:
    machine()
    opened = []

    class Session:
        def __init__(self, model, options, providers, **_):
            opened.append((model, providers))

        def get_providers(self):
            return list(opened[-1][1])

        def get_inputs(self):
            return []

        def get_outputs(self):
            return [type("Output", (), {"name": "emissions"})]

    monkeypatch.setattr(onnxruntime, "InferenceSession", Session)
    write_graph(tmp_path / "graph.onnx")
    on_cpu = OnnxGraph(tmp_path / "graph.onnx", "cpu")
    on_gpu = OnnxGraph(tmp_path / "graph.onnx", "auto")
    assert (on_cpu.device, on_gpu.device) == ("cpu", "cuda")
    assert on_gpu.pieces_in_batch > 10 * on_cpu.pieces_in_batch
    assert opened[0] == (str(tmp_path / "graph.onnx"), ("CPUExecutionProvider",))
    model, providers = opened[1]
    assert isinstance(model, bytes)
    assert providers == ("CUDAExecutionProvider", "CPUExecutionProvider")
    # Another process, which has no GPU perhaps, is given the device that was chosen here.
    assert on_gpu.__reduce__()[1] == (tmp_path / "graph.onnx", "cuda")


def test_a_gpu_that_cannot_be_started_is_said(machine, tmp_path) -> None:
    machine()
    write_graph(tmp_path / "graph.onnx")
    # This ONNX Runtime is told that it has CUDA, and falls back to the processor.
    with (
        pytest.warns(UserWarning, match="CUDAExecutionProvider"),
        pytest.raises(ConfigurationError, match="cannot start it: check the driver"),
    ):
        OnnxGraph(tmp_path / "graph.onnx", "cuda")
