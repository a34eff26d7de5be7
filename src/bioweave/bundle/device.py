"""Where a graph runs: on the processor, or on a GPU where ONNX Runtime and the machine have one."""

from __future__ import annotations

import ctypes
import sys
from importlib.util import find_spec

import onnxruntime

from bioweave.errors import ConfigurationError, MissingExtraError

CPU = "cpu"
CUDA = "cuda"
AUTO = "auto"

PROVIDERS = {
    CPU: ("CPUExecutionProvider",),
    # What CUDA has no kernel for runs on the processor.
    CUDA: ("CUDAExecutionProvider", "CPUExecutionProvider"),
}


def choose_device(wanted: str) -> str:
    """`cpu` or `cuda`: what is wanted, and for `auto` a GPU where one can be used.

    Raises ConfigurationError for anything else and where `cuda` is wanted and ONNX Runtime has
    none, and MissingExtraError where a graph cannot be made ready for it.
    """
    if wanted == AUTO:
        return CUDA if _has_provider() and find_spec("onnx") and n_gpus() else CPU
    if wanted not in PROVIDERS:
        raise ConfigurationError(
            f"unknown device {wanted!r}: it is one of {', '.join((AUTO, *PROVIDERS))}"
        )
    if wanted == CUDA:
        if not _has_provider():
            raise ConfigurationError(
                f"this ONNX Runtime has no {PROVIDERS[CUDA][0]}: put its GPU build in place of "
                "the other with `pip uninstall onnxruntime` and `pip install onnxruntime-gpu`, "
                "or annotate on the cpu"
            )
        if not find_spec("onnx"):
            raise MissingExtraError("onnx", extra="gpu", needed_for="a graph for the GPU")
    return wanted


def n_gpus() -> int:
    """How many GPUs CUDA's driver shows to this process; 0 where there is no driver."""
    name = "nvcuda.dll" if sys.platform == "win32" else "libcuda.so.1"
    try:
        driver = ctypes.CDLL(name)
    except OSError:
        return 0
    count = ctypes.c_int(0)
    if driver.cuInit(0) or driver.cuDeviceGetCount(ctypes.byref(count)):
        return 0
    return count.value


def _has_provider() -> bool:
    return PROVIDERS[CUDA][0] in onnxruntime.get_available_providers()
