"""What is freed stays with a training process until it is handed back."""

import subprocess
import sys

import pytest

HOLES = """
import resource

from bioweave.training.memory import keep_freed_memory, return_freed_memory

def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize() >> 20

assert keep_freed_memory()
blocks = [bytearray(b"x" * (1 << 20)) for _ in range(200)]
full = resident()
del blocks[::2]
kept = resident()
assert return_freed_memory()
print(full, kept, resident())
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="glibc's")
def test_memory_in_pieces_is_kept_and_then_returned():
    done = subprocess.run(
        [sys.executable, "-c", HOLES], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    full, kept, returned = map(int, done.stdout.split())
    assert kept == pytest.approx(full, abs=10)  # MB
    assert returned == pytest.approx(full - 100, abs=10)
