"""Which GPUs of this machine a process may use."""

from __future__ import annotations

import os
from pathlib import Path

VISIBLE = "CUDA_VISIBLE_DEVICES"
_DRIVERS = Path("/proc/driver/nvidia/gpus")


def visible_gpus() -> list[str]:
    """Their names as CUDA_VISIBLE_DEVICES has them; none where there are none or nothing tells."""
    chosen = os.environ.get(VISIBLE)
    if chosen is None:
        return [str(number) for number, _ in enumerate(_DRIVERS.glob("*"))]
    return [one.strip() for one in chosen.split(",") if one.strip()]
