"""brat's standoff lines as raw annotations, nothing checked against the text.

    T1 <tab> Label START END[;START END ...] <tab> text          a mention, or an event's trigger
    R1 <tab> Label Arg1:T1 Arg2:T2                               a relation
    E1 <tab> Label:T3 Theme:T1 Cause:E2                          an event with its trigger T3
    A1 <tab> Name T1 [value]        (or M1)                      an attribute
    N1 <tab> Reference T1 MESH:D001241 <tab> Aspirin             a normalisation
    #1 <tab> AnnotatorNotes T1 <tab> free text                   a note
    * <tab> Equiv T1 T2 ...                                      mentions of the same thing

The lines of BioNLP's `.a1` and `.a2` files are these too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from bioweave.document import Span
from bioweave.formats.lines import Unreadable


@dataclass(frozen=True, slots=True)
class BratMention:
    """A text-bound annotation; a discontinuous one has several spans, in file order."""

    line: int
    id: str
    label: str
    spans: tuple[Span, ...]
    text: str


@dataclass(frozen=True, slots=True)
class BratRelation:
    """A relation; `arguments` are pairs of role and the id of a mention or an event."""

    line: int
    id: str
    label: str
    arguments: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class BratEvent:
    """An event: its trigger is a mention, an argument a mention or another event."""

    line: int
    id: str
    label: str
    trigger: str
    arguments: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class BratAttribute:
    """An attribute of what `target` names; without a value it is a flag that is set."""

    line: int
    id: str
    name: str
    target: str
    value: str | None


@dataclass(frozen=True, slots=True)
class BratNormalisation:
    """A mention's entry in a terminology: `concept` is `RESOURCE:ID` as it stands."""

    line: int
    id: str
    kind: str
    target: str
    concept: str
    name: str


@dataclass(frozen=True, slots=True)
class BratNote:
    """Free text about what `target` names."""

    line: int
    id: str
    kind: str
    target: str
    text: str


@dataclass(frozen=True, slots=True)
class BratEquivalence:
    """Mentions that stand for the same thing."""

    line: int
    label: str
    members: tuple[str, ...]


BratAnnotation = (
    BratMention
    | BratRelation
    | BratEvent
    | BratAttribute
    | BratNormalisation
    | BratNote
    | BratEquivalence
)


def parse_annotations(lines: Iterable[str]) -> Iterator[BratAnnotation | Unreadable]:
    r"""One annotation a line, never raising: a line that fits nothing comes as `Unreadable`.

    >>> mention, = parse_annotations(["T1\tCell 0 3;8 12\tred cell"])
    >>> mention.spans
    (Span(start=0, end=3), Span(start=8, end=12))
    """
    for number, raw in enumerate(lines, start=1):
        line = raw.rstrip("\r\n")
        if not line.strip():
            continue
        parse = _PARSERS.get(line[0])
        if parse is None:
            kinds = " ".join(_PARSERS)
            yield Unreadable(number, line, f"a line begins with one of {kinds}, not {line[0]!r}")
            continue
        try:
            yield parse(number, line.split("\t"))
        except (ValueError, IndexError):
            yield Unreadable(number, line, f"not the shape of a line that begins with {line[0]}")


def _mention(number: int, columns: list[str]) -> BratMention:
    label, _, offsets = columns[1].partition(" ")
    spans = tuple(_span(part) for part in offsets.split(";"))
    # Text may hold a tab of its own.
    return BratMention(number, columns[0], label, spans, "\t".join(columns[2:]))


def _span(offsets: str) -> Span:
    start, end = offsets.split()
    return Span(int(start), int(end))


def _relation(number: int, columns: list[str]) -> BratRelation:
    label, *arguments = columns[1].split()
    return BratRelation(number, columns[0], label, tuple(map(_argument, arguments)))


def _event(number: int, columns: list[str]) -> BratEvent:
    head, *arguments = columns[1].split()
    label, trigger = _argument(head)
    return BratEvent(number, columns[0], label, trigger, tuple(map(_argument, arguments)))


def _argument(pair: str) -> tuple[str, str]:
    role, colon, target = pair.rpartition(":")
    if not (role and colon and target):
        raise ValueError(pair)
    return role, target


def _attribute(number: int, columns: list[str]) -> BratAttribute:
    name, target, *value = columns[1].split(" ", 2)
    return BratAttribute(number, columns[0], name, target, value[0] if value else None)


def _normalisation(number: int, columns: list[str]) -> BratNormalisation:
    kind, target, concept = columns[1].split(" ", 2)
    return BratNormalisation(number, columns[0], kind, target, concept, "\t".join(columns[2:]))


def _note(number: int, columns: list[str]) -> BratNote:
    kind, target = columns[1].split(" ", 1)
    return BratNote(number, columns[0], kind, target, "\t".join(columns[2:]))


def _equivalence(number: int, columns: list[str]) -> BratEquivalence:
    label, *members = columns[1].split()
    return BratEquivalence(number, label, tuple(members))


_PARSERS: dict[str, Callable[[int, list[str]], BratAnnotation]] = {
    "T": _mention,
    "R": _relation,
    "E": _event,
    "A": _attribute,
    "M": _attribute,
    "N": _normalisation,
    "#": _note,
    "*": _equivalence,
}
