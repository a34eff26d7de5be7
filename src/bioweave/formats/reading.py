"""Documents out of a file in any readable format, one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO

from bioweave.document import Document
from bioweave.errors import FormatError, InputError, OffsetError
from bioweave.formats.detection import format_named, format_of_source
from bioweave.formats.source import Source, open_source

Reader = Callable[[Source], Iterator[tuple[int | None, Document] | InputError]]


@dataclass(frozen=True, slots=True)
class Failure:
    """A document that could not be read: where it stood, and why; unknown places are None.

    Where `ends_source` is True nothing behind it could be read either.
    """

    source: str
    line: int | None
    document: str | None
    reason: str
    ends_source: bool = False

    def __str__(self) -> str:
        where = [self.source]
        if self.line is not None:
            where.append(f"line {self.line}")
        if self.document is not None:
            where.append(f"document {self.document!r}")
        return f"{', '.join(where)}: {self.reason}"


def read_documents(
    path: Path | str | BinaryIO,
    format: str = "auto",
    *,
    on_failure: Callable[[Failure], None] | None = None,
    row_groups: range | None = None,
    stem: str | None = None,
) -> Iterator[Document]:
    """The documents of one file or binary stream, read as they are asked for.

    A document that cannot be read goes to `on_failure` and the others go on; without it,
    FormatError or OffsetError is raised. What ends the file early (damaged XML or gzip) is a
    failure like any other, after which no document follows. An unknown format name raises at once.
    Of a Parquet file `row_groups` reads only these. Ids that the file does not bring are made of
    `stem`, by default the file's name; brat's are always those of the files.

    >>> import io
    >>> [document.text for document in read_documents(io.BytesIO(b'{"text": "Gout."}'), "jsonl")]
    ['Gout.']
    """
    if format != "auto" and not format_named(format).is_readable:
        raise FormatError(f"{format} is only written, never read; convert from another format")
    target = Path(path) if isinstance(path, str) else path
    return _read(target, format, on_failure, row_groups, stem)


def _read(
    target: Path | BinaryIO,
    format: str,
    on_failure: Callable[[Failure], None] | None,
    row_groups: range | None,
    stem: str | None,
) -> Iterator[Document]:
    for found, is_last in _found(target, format, row_groups, stem):
        if isinstance(found, Document):
            yield found
        elif on_failure is None:
            raise found
        else:
            place = found.place
            source = place.source or str(target)
            on_failure(Failure(source, place.line, place.document, found.message, is_last))


def _found(
    target: Path | BinaryIO, format: str, row_groups: range | None, stem: str | None
) -> Iterator[tuple[Document | InputError, bool]]:
    """Documents and what is wrong with others, and whether the source ended with it."""
    try:
        with open_source(target, stem) as source:
            name = format_of_source(source) if format == "auto" else format
            if name != "brat":  # a file of no annotations is empty
                source.check_not_empty()
            for found in _reader(name, row_groups)(source):
                yield (found if isinstance(found, InputError) else _checked(*found, source)), False
    except InputError as error:
        yield error, True


def _checked(line: int | None, document: Document, source: Source) -> Document | InputError:
    try:
        document.checked(source.name)
    except OffsetError as error:
        return OffsetError(
            f"{error.message}; offsets must count Unicode code points from 0, the end excluded",
            replace(error.place, line=line),
        )
    problem = problem_of(document)
    if problem is not None:
        return FormatError(problem, source.place(line=line, document=document.id))
    return document


def problem_of(document: Document) -> str | None:
    """What contradicts itself in a document, offsets apart; None for a sound one."""
    return _value_problem(document) or _reference_problem(document)


def _value_problem(document: Document) -> str | None:
    for left, right in pairwise(document.passages):
        if right.start < left.end:
            return f"the passage at {right.start} begins before the one before it ends"
    for mention in document.mentions:
        if mention.confidence is not None and not 0 <= mention.confidence <= 1:
            return (
                f"mention {mention.text!r} has the confidence {mention.confidence}, expected a "
                f"probability from 0 to 1"
            )
    return None


def _reference_problem(document: Document) -> str | None:
    mentions = [mention.id for mention in document.mentions if mention.id is not None]
    relations = [relation.id for relation in document.relations if relation.id is not None]
    known = {"mention": set(mentions), "relation": set(relations)}
    for kind, ids in (("mention", mentions), ("relation", relations)):
        if len(ids) > len(known[kind]):
            twice = next(id_ for place, id_ in enumerate(ids) if id_ in ids[:place])
            return f"two {kind}s have the id {twice!r}; give each its own"
    for relation in document.relations:
        for argument in relation.arguments:
            if argument.kind != "concept" and argument.target not in known[argument.kind]:
                return (
                    f"relation {relation.label!r} refers to the {argument.kind} "
                    f"{argument.target!r}, which the document does not have"
                )
    return None


def _reader(name: str, row_groups: range | None) -> Reader:
    # Imported here, so that a format's libraries load only once it is read.
    match name:
        case "text":
            from bioweave.formats.plain_text import read_text as reader
        case "jsonl":
            from bioweave.formats.jsonl import read_jsonl as reader
        case "bioc-xml":
            from bioweave.formats.bioc.xml import read_bioc_xml as reader
        case "bioc-json":
            from bioweave.formats.bioc.json import read_bioc_json as reader
        case "pubtator":
            from bioweave.formats.pubtator.reading import read_pubtator as reader
        case "brat":
            from bioweave.formats.brat.reading import read_brat as reader
        case "conll":
            from bioweave.formats.conll.reading import read_conll as reader
        case "pubmed-xml":
            from bioweave.formats.pubmed.reading import read_pubmed as reader
        case "csv":
            from bioweave.formats.csv_table import read_csv as reader
        case "parquet":
            from bioweave.formats.parquet import read_parquet

            reader = partial(read_parquet, row_groups=row_groups)
        case _:
            raise FormatError(f"no reader for {name}")
    return reader
