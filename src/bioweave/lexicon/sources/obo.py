"""OBO ontologies: terms, their synonyms by scope, alternative ids and cross-references."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final, Self, TextIO, cast

from bioweave.errors import MissingExtraError
from bioweave.lexicon.kinds import PREFERRED, RELATED, SYNONYM
from bioweave.lexicon.sources.entry import EntryName, SourceEntry
from bioweave.lexicon.sources.file import SourceFile
from bioweave.lexicon.sources.settings import SourceSettings

_SYNONYM = re.compile(r'"((?:[^"\\]|\\.)*)"\s*(\w*)')
_ESCAPE = re.compile(r"\\(.)")
_ESCAPED: Final = {"n": " ", "t": " ", "W": " "}
_ID_OR_OBSOLETE = re.compile(r"id:\s*(\S+)|is_obsolete:\s*true\b")
_EXACT = ("EXACT", "")
_SHOWN_OF_CYCLE = 6


def read_obo(file: SourceFile, settings: SourceSettings) -> Iterator[SourceEntry]:
    """An entry for each term that is not obsolete.

    EXACT synonyms are synonyms, the other scopes are related names. Counted as warnings are a cycle
    of `is_a`, since names need no hierarchy, and a term whose id an earlier one has: of that one
    stays what the later one does not say. Raises FormatError where obonet cannot read the file, and
    MissingExtraError where obonet is not installed.
    """
    graph = _graph(file)
    file.version = graph.graph.get("data-version") or graph.graph.get("version")
    _warn_of_cycles(file, graph)
    for id_, term in graph.nodes(data=True):
        if "name" not in term:
            # Nodes that only an edge names, and terms without one.
            file.warn("term without a name left out", detail=str(id_))
            continue
        names = [EntryName(_plain(term["name"]), PREFERRED)]
        for spelled in term.get("synonym", ()):
            if match := _SYNONYM.match(spelled):
                kind = SYNONYM if match[2].upper() in _EXACT else RELATED
                names.append(EntryName(_plain(match[1]), kind))
            else:
                file.warn("synonym without quotes left out", detail=spelled)
        yield SourceEntry(
            str(id_),
            tuple(names),
            codes=(str(term["namespace"]),) if term.get("namespace") else (),
            alternative_ids=tuple(map(str, term.get("alt_id", ()))),
            properties=_properties(term),
        )


def _properties(term: Mapping[str, Any]) -> dict[str, str]:
    xrefs = [str(xref).split(" ")[0] for xref in term.get("xref", ())]
    return {"xrefs": "|".join(xrefs)} if xrefs else {}


def _plain(text: str) -> str:
    return _ESCAPE.sub(lambda match: _ESCAPED.get(match[1], match[1]), text).strip()


def _graph(file: SourceFile) -> Any:
    try:
        import obonet
    except ModuleNotFoundError as error:
        raise MissingExtraError("obonet", extra="obo", needed_for="reading OBO") from error
    lines = _CountedLines(file)
    try:
        with _unheard():
            graph = obonet.read_obo(cast(TextIO, lines))
    except (ValueError, KeyError) as error:
        reason = str(error).splitlines()[0]
        raise file.error(
            f"no OBO, or damaged at or shortly before this line: {reason}", lines.number
        ) from error
    if not len(graph):
        raise file.error("no [Term] in the file; expected an ontology in OBO format")
    return graph


def _warn_of_cycles(file: SourceFile, graph: Any) -> None:
    import networkx

    is_a = networkx.DiGraph(
        (child, parent) for child, parent, kind in graph.edges(keys=True) if kind == "is_a"
    )
    for component in networkx.strongly_connected_components(is_a):
        if len(component) > 1 or any(is_a.has_edge(term, term) for term in component):
            shown = ", ".join(sorted(map(str, component))[:_SHOWN_OF_CYCLE])
            file.warn("cycle of is_a", detail=shown)


@contextmanager
def _unheard() -> Iterator[None]:
    """Keeps what obonet logs from the terminal, unless the program has set up logging itself.

    It warns by the root logger, which without a handler gets one that writes to standard error.
    """
    root, handler = logging.getLogger(), logging.NullHandler()
    root.addHandler(handler)
    try:
        yield
    finally:
        root.removeHandler(handler)


class _CountedLines:
    """What obonet takes for an open file; knows how far it was read, and warns of ids twice."""

    def __init__(self, file: SourceFile) -> None:
        self.number = 0
        self._file = file
        self._is_term = False
        self._id: tuple[str, int] | None = None  # of the stanza, and its line
        self._seen: set[str] = set()

    def __iter__(self) -> Iterator[str]:
        for number, line in self._file.lines():
            self.number = number
            self._watch(line)
            yield f"{line}\n"
        self._finish_stanza()

    def _watch(self, line: str) -> None:
        if not line.strip():
            self._finish_stanza()
        elif line.startswith("["):
            self._is_term = line.startswith("[Term]")
        elif self._is_term and (tag := _ID_OR_OBSOLETE.match(line)):
            # Obsolete terms are left out, whatever their ids.
            self._id = (tag[1], self.number) if tag[1] else None
            self._is_term = bool(tag[1])

    def _finish_stanza(self) -> None:
        if self._id is not None:
            id_, line = self._id
            if id_ in self._seen:
                self._file.warn("id of an earlier term: the later one decides", line, id_)
            self._seen.add(id_)
        self._is_term, self._id = False, None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return None
