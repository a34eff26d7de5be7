"""Which format a file is in, by its suffix and its first bytes."""

from __future__ import annotations

import json
import re
from pathlib import Path

from bioweave.errors import FormatError, Place
from bioweave.formats.parts import FORMAT_TABLE, FORMATS, READABLE, Format
from bioweave.formats.source import Source, open_source

_PUBTATOR = re.compile(r"\s*[^|\t\n]*\|[ta]\|")
_CONLL_LINE = re.compile(r"\S[^\n]*[\t ](?:O|[BIESLUM]-\S+)\s*")
_CONLL_START = re.compile(r"-DOCSTART-|###MEDLINE:")
_XML_ROOT = re.compile(r"<([A-Za-z_][\w.:-]*)")
_XML_NOT_CONTENT = re.compile(r"<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>\[]*(?:\[.*?\]\s*)?>", re.DOTALL)
_PUBMED_ROOTS = ("PubmedArticleSet", "PubmedArticle", "PubmedBookArticleSet", "MedlineCitationSet")

# Suffixes that say all there is to say; the others need a look inside.
_BY_SUFFIX = {
    suffix: format.name
    for format in FORMAT_TABLE.values()
    for suffix in format.suffixes
    if suffix not in (".txt", ".xml", ".json")
} | {".a1": "brat", ".a2": "brat"}
_BY_CONTENT = (".txt", ".xml", ".json", ".tsv", "")
KNOWN_SUFFIXES = frozenset(_BY_SUFFIX) - {".html", ".htm", ".a2"} | frozenset(_BY_CONTENT) - {""}


def format_named(name: str) -> Format:
    """The format of that name; FormatError, with the names there are, if there is none."""
    if name not in FORMAT_TABLE:
        raise FormatError(f"unknown format {name!r}; expected one of {', '.join(FORMATS)}")
    return FORMAT_TABLE[name]


def detect_format(path: Path) -> str:
    """The format of a file, by its suffix and, where that leaves it open, its first bytes.

    Raises FormatError if neither tells.
    """
    path = Path(path)
    by_name = _by_name(path)
    if by_name is not None:
        return by_name
    with open_source(path) as source:
        return format_of_source(source)


def format_of_source(source: Source) -> str:
    """The same for an opened source, none of which is read by this."""
    by_name = _by_name(source.path) if source.path is not None else None
    if by_name is not None:
        return by_name
    source.check_not_empty()
    suffix = suffix_of(source.path) if source.path is not None else ""
    found = _by_content(source.head())
    # A text file that is binary inside is refused by its reader, which says what is wrong.
    if found is None and (suffix == ".txt" or (suffix == "" and b"\0" not in source.head())):
        found = "text"
    if found is None:
        raise FormatError(
            f"the format is not to be seen from the name or the first bytes; name it, one of "
            f"{', '.join(READABLE)}",
            source.place(),
        )
    return found


def format_for_output(path: Path) -> str | None:
    """The format that an output's suffix asks for (`.gz` aside), None if it asks for none."""
    suffix = suffix_of(path)
    for format in FORMAT_TABLE.values():
        if suffix in format.suffixes:
            return format.name
    return None


def suffix_of(path: Path) -> str:
    """The suffix in lower case, `.gz` aside."""
    name = path.name.lower()
    return Path(name.removesuffix(".gz")).suffix


def _by_name(path: Path) -> str | None:
    suffix = suffix_of(path)
    if suffix == ".txt" and any(path.with_suffix(other).exists() for other in (".ann", ".a1")):
        return "brat"
    if suffix in _BY_SUFFIX:
        return _BY_SUFFIX[suffix]
    if suffix not in _BY_CONTENT:
        known = ", ".join(sorted(KNOWN_SUFFIXES))
        raise FormatError(
            f"the suffix {suffix!r} belongs to no format (known: {known}); name the format, one "
            f"of {', '.join(READABLE)}",
            Place(str(path)),
        )
    return None


def _by_content(head: bytes) -> str | None:
    if head.startswith(b"PAR1"):
        return "parquet"
    text = _decoded(head)
    if text.startswith("<"):
        return _xml_format(text)
    if text.startswith(("{", "[")):
        return _json_format(text)
    if _PUBTATOR.match(text):
        return "pubtator"
    lines = text.split("\n", 50)[:50]
    tagged = [line for line in lines if line.strip() and not _CONLL_START.match(line)]
    if tagged and all(_CONLL_LINE.fullmatch(line) for line in tagged[: max(1, len(tagged) - 1)]):
        return "conll"
    columns = [name.strip().strip('"') for name in lines[0].split(",")]
    # A header's names are single words, unlike what stands between a sentence's commas.
    if len(columns) > 1 and "text" in columns and all(name.split() == [name] for name in columns):
        return "csv"
    return None


def _decoded(head: bytes) -> str:
    for bom, encoding in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if head.startswith(bom):
            return head[: len(head) // 2 * 2].decode(encoding, errors="replace").lstrip()
    return head.decode("utf-8", errors="replace").removeprefix("\ufeff").lstrip()


def _xml_format(text: str) -> str | None:
    root = _XML_ROOT.match(_XML_NOT_CONTENT.sub("", text).lstrip())
    if root is None:
        # A document type so long, or so odd, that it hides the root: its name is the root's.
        root = re.search(r"<!DOCTYPE\s+([\w.:-]+)", text)
    if root is None:
        return None
    if root[1] == "collection":
        return "bioc-xml"
    return "pubmed-xml" if root[1] in _PUBMED_ROOTS else None


def _json_format(text: str) -> str | None:
    try:
        first, _ = json.JSONDecoder().raw_decode(text)
    except (ValueError, RecursionError):
        # One value that goes on past the head, or one that is broken.
        is_bioc = re.search(r'"(?:documents|passages|bioctype)"\s*:', text) is not None
        if is_bioc:
            return "bioc-json"
        return "jsonl" if re.search(r'"text"\s*:', text) else None
    if isinstance(first, dict) and "text" in first and "bioctype" not in first:
        return "jsonl"
    return "bioc-json" if isinstance(first, dict | list) else None
