"""The files that a large run reads, in the order in which later ones replace earlier ones."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from bioweave.cluster.archives import archive_kind, is_document
from bioweave.cluster.folder import is_of_run
from bioweave.cluster.storage import StoredFile, is_url, list_path, list_url
from bioweave.errors import ConfigurationError, FormatError, InputError
from bioweave.formats import FORMAT_TABLE, detect_format, discover
from bioweave.formats.folder import document_id
from bioweave.formats.source import stem_of

AUTO = "auto"
# What stands beside documents, where a pattern meets it.
_SIDECAR = re.compile(r"\.(?:md5|sha1|sha256|crc)$|^(?:readme|licen[cs]e|notice|copying)\b|^\.")
_NUMBER = re.compile(r"-[0-9]+$")
# Formats whose readers number the documents that bring no id.
_NUMBERING = frozenset({AUTO, "jsonl", "csv", "parquet", "conll", "bioc-xml", "bioc-json"})
# NLM numbers the files of a year through, updates after the baseline.
_PUBMED_FILE = re.compile(r"pubmed(\d\d)n(\d+)\.xml(?:\.gz)?$")


@dataclass(frozen=True, slots=True)
class Input:
    """A file, the format to read it as, and the stem of ids that its documents do not bring.

    The stem is the file's own name, with the folders in front that tell it from others.
    """

    file: StoredFile
    format: str
    stem: str


def list_inputs(
    paths: Sequence[str], format: str = AUTO, *, out: Path | None = None
) -> list[Input]:
    """What files, folders, patterns and URLs stand for; each file once.

    Files of PubMed come in NLM's order, whatever order they were named in; the others in the order
    given, sorted within a folder. What a run wrote into `out` is passed over. Raises FormatError
    for what is not there or holds nothing to read, OSError for a folder that may not be read, and
    ConfigurationError for standard input and for an `out` that is itself to be read.
    """
    place = None if out is None else out.resolve()
    found: dict[str, tuple[StoredFile, str]] = {}
    for path in paths:
        if place is not None and _is_output(_local(path), place, or_itself=True):
            raise ConfigurationError(
                f"{path} is where the run writes to: give another folder as OUT, or as input"
            )
        for file, detected in _behind(path, format):
            if place is None or not _is_output(_local(file.path), place):
                found.setdefault(file.path, (file, detected))
    if not found:
        raise FormatError(f"no documents found in {', '.join(paths)}, the run's own output apart")
    ordered = sorted(found.values(), key=lambda pair: _place_in_pubmed(pair[0].path))
    stems = _stems([(file.path, name) for file, name in ordered])
    return [Input(file, name, stem) for (file, name), stem in zip(ordered, stems, strict=True)]


def _local(path: str) -> Path | None:
    """Where a path or a URL of this machine leads, None for other stores."""
    if is_url(path) and not path.startswith("file://"):
        return None
    return Path(path.removeprefix("file://")).resolve()


def _is_output(path: Path | None, out: Path, *, or_itself: bool = False) -> bool:
    if path is None or not path.is_relative_to(out):
        return False
    parts = path.relative_to(out).parts
    return is_of_run(parts[0]) if parts else or_itself


def own_stem(path: str) -> str:
    """The stem of a file's ids where no other file has its name."""
    return stem_of(Path(path.replace("\\", "/").rsplit("/", 1)[-1]))


def _behind(path: str, format: str) -> Iterator[tuple[StoredFile, str]]:
    if path == "-":
        raise ConfigurationError(
            "standard input cannot be read again after an interruption, as --engine does; write it "
            "to a file first, or leave out --engine"
        )
    if is_url(path):
        for file in list_url(path, is_document_or_archive):
            yield file, format_by_name(file.path) if format == AUTO else format
        return
    place = Path(path)
    matches = [place] if place.exists() else _matching(place)
    if not matches:
        raise FormatError(f"there is no file or folder {path!r}, and nothing that it matches")
    for match in matches:
        # By its full name: workers may stand in another folder.
        full = match.resolve()
        if full.is_dir():
            for within, detected in _in_folder(full):
                yield list_path(within), detected if format == AUTO else format
        elif match == place or _SIDECAR.search(full.name.lower()) is None:
            yield list_path(full), _format_of(full) if format == AUTO else format


def is_document_or_archive(name: str) -> bool:
    """Whether a file in a store's folder is one of those to read, by its name."""
    is_hidden = name.startswith(".") or not name
    is_table = name.lower().endswith(".parquet")
    return not is_hidden and (is_document(name) or is_table or archive_kind(name) is not None)


def _in_folder(folder: Path) -> list[tuple[Path, str]]:
    """Its files with documents, and its archives, sorted."""
    # `discover` passes over what may not be read; here that would be documents lost.
    for _ in os.walk(folder, onerror=_refuse):
        pass
    archives = [
        (path, AUTO)
        for path in folder.rglob("*")
        if archive_kind(path.name)
        and path.is_file()
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    ]
    try:
        return sorted([*discover([folder]), *archives])
    except FormatError:
        if not archives:
            raise
        return sorted(archives)


def _refuse(error: OSError) -> None:
    raise error


def _matching(pattern: Path) -> list[Path]:
    if not any(sign in str(pattern) for sign in "*?["):
        return []
    relative = pattern.relative_to(pattern.anchor)
    return sorted(Path(pattern.anchor).glob(str(relative)))


def _format_of(path: Path) -> str:
    try:
        return detect_format(path)
    except InputError:
        # What is broken is found out when it is read, so that the others go on.
        return AUTO


def format_by_name(name: str) -> str:
    """The format that a name alone tells; AUTO where only the first bytes do."""
    name = PurePosixPath(name).name.lower().removesuffix(".gz")
    if re.match(r"pubmed\d\dn\d+\.xml$", name):
        return "pubmed-xml"
    suffix = PurePosixPath(name).suffix
    by_suffix = [one.name for one in FORMAT_TABLE.values() if suffix in one.suffixes]
    return by_suffix[0] if len(by_suffix) == 1 else AUTO


def _place_in_pubmed(path: str) -> tuple[int, int]:
    numbered = _PUBMED_FILE.search(path)
    return (int(numbered[1]), int(numbered[2])) if numbered else (-1, -1)


def _stems(files: Sequence[tuple[str, str]]) -> list[str]:
    """What ids of files, given with their formats, are made of: as few folders as tell them apart.

    Of files in one folder the suffix does that.
    """
    paths = [PurePosixPath(path.replace("\\", "/")) for path, _ in files]
    stems = [own_stem(path) for path, _ in files]
    is_numbering = [format in _NUMBERING for _, format in files]
    in_folders = [f"{path.parent}/{stem}" for path, stem in zip(paths, stems, strict=True)]
    for place in _clashing(in_folders, is_numbering):
        stems[place] = paths[place].name
    parents = [list(path.parts[:-1]) for path in paths]
    while places := [place for place in _clashing(stems, is_numbering) if parents[place]]:
        for place in places:
            stems[place] = f"{parents[place].pop().strip('/')}/{stems[place]}"
    return stems


def _clashing(stems: Sequence[str], is_numbering: Sequence[bool]) -> list[int]:
    """The places of those that an id of another could be the same as.

    That of `a-1.txt` is the same as the first of `a.jsonl`.
    """
    decoded = [document_id(stem) for stem in stems]
    times = Counter(decoded)
    numbering = {stem for stem, numbers in zip(decoded, is_numbering, strict=True) if numbers}
    return [
        place
        for place, stem in enumerate(decoded)
        if times[stem] > 1
        or ((found := _NUMBER.search(stem)) and stem[: found.start()] in numbering)
    ]
