"""Nothing that annotates writes down whose machine it is, or keeps anything to send."""

import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.parametrize("chosen", [None, "0"])
def test_onnx_runtime_keeps_no_events(tmp_path: Path, chosen: str | None) -> None:
    environment = {**os.environ, "HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    environment.pop("ORT_DISABLE_TELEMETRY", None)
    if chosen is not None:
        environment["ORT_DISABLE_TELEMETRY"] = chosen
    code = (
        "import bioweave, os; bioweave.load()('Aspirin.'); "
        "print(os.environ['ORT_DISABLE_TELEMETRY'])"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code], env=environment, check=True, capture_output=True, text=True
    )
    # Whoever wants it otherwise can have it otherwise.
    assert answer.stdout.strip() == (chosen or "1")
    if chosen is None:
        assert list(tmp_path.rglob("*")) == []
