"""The lines of a text file, unpacked as they are read."""

from __future__ import annotations

import bz2
import gzip
import lzma
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from bioweave.errors import FormatError, Place


def open_lines(path: Path) -> TextIO:
    """A UTF-8 text file, opened; .xz, .gz and .bz2 are unpacked, bad bytes replaced."""
    match path.suffix:
        case ".xz":
            return lzma.open(path, "rt", encoding="utf-8", errors="replace")
        case ".gz":
            return gzip.open(path, "rt", encoding="utf-8", errors="replace")
        case ".bz2":
            return bz2.open(path, "rt", encoding="utf-8", errors="replace")
    return path.open(encoding="utf-8", errors="replace")


def read_lines(path: Path) -> Iterator[str]:
    """The lines of a text file with one passage a line, as `open_lines` unpacks them.

    Raises FormatError where there is no such file, or where its packed data is damaged or cut off.
    """
    number = 0
    try:
        with open_lines(path) as lines:
            for line in lines:
                number += 1
                yield line
    except (FileNotFoundError, IsADirectoryError, PermissionError) as error:
        raise FormatError(
            f"cannot be opened: {error.strerror}; expected a text file with one passage a line",
            Place(str(path)),
        ) from error
    except (OSError, EOFError, lzma.LZMAError, zlib.error) as error:
        raise FormatError(
            f"the packed data is damaged or cut off ({error}); fetch or copy the file again",
            Place(str(path), line=number + 1),
        ) from error
