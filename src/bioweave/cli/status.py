"""What the command's exit status says."""

from __future__ import annotations

from typing import Final

DONE_IN_PART: Final = 1  # some documents failed; they are listed
BAD_INPUT: Final = 2
INTERRUPTED: Final = 130  # 128 + SIGINT, as shells have it
