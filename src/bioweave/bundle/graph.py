"""The graph: from a batch of windows to the emissions of all heads."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import onnxruntime

from bioweave.bundle.device import CPU, CUDA, PROVIDERS, choose_device
from bioweave.bundle.halving import half_precision
from bioweave.errors import BundleError, ConfigurationError, MissingExtraError

EMISSIONS = "emissions"

# Small batches keep the widest values of a layer (6 KB a piece in MiniLM) in a core's own cache; a
# GPU wants thousands of rows for its products.
_PIECES_IN_BATCH = {CPU: 384, CUDA: 32_768}


class Graph(Protocol):
    """Turns the inputs that `pad_windows` makes into emissions, from any thread."""

    def __call__(self, inputs: Mapping[str, npt.NDArray[Any]]) -> npt.NDArray[np.float32]:
        """Log-scores, float32 [batch, words, tags of all heads in the heads' order]."""


class OnnxGraph:
    """A graph in ONNX Runtime, on one thread a call and without the interpreter lock.

    How a product is split among threads decides how its sums are rounded; with one thread a call
    a window's emissions are the same however many calls run side by side. On a GPU the graph is
    made into one of 16-bit floats first, and the batch decides as well. `device` is that which
    was chosen, cpu or cuda, and `pieces_in_batch` what suits it. Pickled by its path.
    Raises ConfigurationError for a `device` (auto, cpu or cuda) that cannot be used here.
    """

    def __init__(self, path: Path, device: str = "cpu") -> None:
        self.path = path
        self.device = choose_device(device)
        self.pieces_in_batch = _PIECES_IN_BATCH[self.device]
        providers = PROVIDERS[self.device]
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        # Shapes differ from batch to batch: remembering a plan for each would only cost memory.
        options.enable_mem_pattern = False
        try:
            self._session = onnxruntime.InferenceSession(
                str(path) if self.device == CPU else half_precision(path),
                options,
                providers=providers,
                # Adding first and normalising then is a tenth faster than both in one operator.
                disabled_optimizers=["SkipLayerNormFusion"],
            )
        except MissingExtraError:
            raise
        except Exception as error:  # onnxruntime raises its own kinds, which share no base
            raise BundleError(
                f"{path}: ONNX Runtime {onnxruntime.__version__} cannot load this graph "
                f"({error}); export the bundle again"
            ) from error
        if providers[0] not in self._session.get_providers():
            raise ConfigurationError(
                f"ONNX Runtime has {providers[0]} and cannot start it: check the driver and the "
                "CUDA libraries, or annotate on the cpu"
            )
        self.input_names = tuple(one.name for one in self._session.get_inputs())
        outputs = [one.name for one in self._session.get_outputs()]
        if EMISSIONS not in outputs:
            raise BundleError(
                f"{path}: the graph's outputs are {', '.join(outputs)}, and {EMISSIONS!r} is not "
                "among them; export the bundle again"
            )

    def __call__(self, inputs: Mapping[str, npt.NDArray[Any]]) -> npt.NDArray[np.float32]:
        """Log-scores, float32 [batch, words, tags of all heads in the heads' order]."""
        feed = {name: inputs[name] for name in self.input_names}
        [emissions] = self._session.run([EMISSIONS], feed)
        return np.asarray(emissions, dtype=np.float32)

    def __reduce__(self) -> tuple[type[OnnxGraph], tuple[Path, str]]:
        return OnnxGraph, (self.path, self.device)
