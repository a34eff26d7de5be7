"""The files that a large run reads, in the order in which later ones replace earlier ones."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from bioweave.cluster.storage import StoredFile, is_url, list_path, list_url
from bioweave.errors import ConfigurationError, FormatError, InputError
from bioweave.formats import FORMAT_TABLE, detect_format, discover
from bioweave.formats.source import stem_of

AUTO = "auto"
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


def list_inputs(paths: Sequence[str], format: str = AUTO) -> list[Input]:
    """What files, folders, patterns and URLs stand for; each file once.

    Files of PubMed come in NLM's order, whatever order they were named in; the others in the order
    given, sorted within a folder. Raises FormatError for what is not there or holds nothing to
    read, and ConfigurationError for standard input.
    """
    found: dict[str, tuple[StoredFile, str]] = {}
    for path in paths:
        for file, detected in _behind(path, format):
            found.setdefault(file.path, (file, detected))
    ordered = sorted(found.values(), key=lambda pair: _place_in_pubmed(pair[0].path))
    stems = _stems([file.path for file, _ in ordered])
    return [Input(file, name, stem) for (file, name), stem in zip(ordered, stems, strict=True)]


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
        for file in list_url(path):
            if not PurePosixPath(file.path).name.startswith("."):
                yield file, _format_of_url(file.path) if format == AUTO else format
        return
    place = Path(path)
    matches = [place] if place.exists() else _matching(place)
    if not matches:
        raise FormatError(f"there is no file or folder {path!r}, and nothing that it matches")
    for match in matches:
        # By its full name: workers may stand in another folder.
        full = match.resolve()
        if full.is_dir():
            for within, detected in discover([full]):
                yield list_path(within), detected if format == AUTO else format
        else:
            yield list_path(full), _format_of(full) if format == AUTO else format


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


def _format_of_url(url: str) -> str:
    name = PurePosixPath(url).name.lower().removesuffix(".gz")
    if re.match(r"pubmed\d\dn\d+\.xml$", name):
        return "pubmed-xml"
    suffix = PurePosixPath(name).suffix
    by_suffix = [one.name for one in FORMAT_TABLE.values() if suffix in one.suffixes]
    return by_suffix[0] if len(by_suffix) == 1 else AUTO


def _place_in_pubmed(path: str) -> tuple[int, int]:
    numbered = _PUBMED_FILE.search(path)
    return (int(numbered[1]), int(numbered[2])) if numbered else (-1, -1)


def _stems(paths: Sequence[str]) -> list[str]:
    stems = [own_stem(path) for path in paths]
    parents = [list(PurePosixPath(path.replace("\\", "/")).parts[:-1]) for path in paths]
    while clashing := {stem for stem, n in Counter(stems).items() if n > 1}:
        places = [place for place, stem in enumerate(stems) if stem in clashing and parents[place]]
        if not places:  # files of one folder whose suffixes alone differ
            return [
                PurePosixPath(path).name if stem in clashing else stem
                for path, stem in zip(paths, stems, strict=True)
            ]
        for place in places:
            stems[place] = f"{parents[place].pop().strip('/')}/{stems[place]}"
    return stems
