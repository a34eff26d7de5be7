"""What a run was made from: packages, code, data. Enough to tell two runs apart later."""

from __future__ import annotations

import hashlib
import platform
import re
import subprocess
import sys
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

_PACKAGES = (
    "bioweave",
    "torch",
    "transformers",
    "accelerate",
    "tokenizers",
    "numpy",
    "gensim",
    "onnx",
    "onnxruntime",
    "sentencex",
)

# The folders of an absolute path, wherever it begins: in `--set text=/data/text.txt` as well.
_FOLDERS = re.compile(r"""(?<![^="',\[(])/(?:[^"',\])]*/)?""")


def package_versions() -> dict[str, str]:
    """The installed versions of what can change a run's outcome; Python's among them."""
    versions = {"python": platform.python_version()}
    for name in _PACKAGES:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            versions[name] = "not installed"
    return versions


def code_revision() -> str:
    """The commit this package was imported from, `+changes` if the tree differs; else unknown."""
    here = Path(__file__).parent
    try:
        revision = _git(here, "rev-parse", "HEAD")
        changes = _git(here, "status", "--porcelain", "--", ".")
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return f"{revision}+changes" if changes else revision


def checksums(files: Iterable[Path]) -> dict[str, str]:
    """SHA-256 of each file, by its last two path parts, so that no machine's folders show."""
    return {"/".join(path.parts[-2:]): sha256(path) for path in sorted(set(files))}


def sha256(path: Path) -> str:
    """The SHA-256 of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def command_line() -> str:
    """How the process was called, without the folders that only one machine has."""
    return " ".join(_FOLDERS.sub("", word) for word in sys.argv)


def _git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments], cwd=folder, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()
