"""Documents into a file in any format, one after the other."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Protocol, Self

from bioweave.document import Document
from bioweave.errors import FormatError, InputError, Place
from bioweave.formats.detection import format_named
from bioweave.formats.losses import Loss, LossTally
from bioweave.formats.parts import Format, Part
from bioweave.formats.reduction import reduce_to
from bioweave.formats.sink import Sink
from bioweave.formats.source import name_of


class Encoder(Protocol):
    """Writes documents in one format, and reports the parts that it had to leave out."""

    def write(self, document: Document) -> list[Part]:
        """Writes the document, all or nothing; raises InputError if it has no form here."""

    def close(self) -> None:
        """Completes what was written; closing again does nothing."""


class DocumentWriter:
    """Writes documents, and keeps account of what the format could not hold.

    `on_loss` hears of each kind of loss once, when it first happens; `losses` has them all with
    their counts. Close it, or use it in `with`: some formats are only complete then.
    """

    def __init__(
        self,
        encoder: Encoder,
        format: Format,
        *,
        name: str,
        on_loss: Callable[[Loss], None] | None = None,
    ) -> None:
        self._encoder = encoder
        self._format = format
        self._name = name
        self._tally = LossTally(format.name, on_loss)

    @property
    def losses(self) -> tuple[Loss, ...]:
        """What the format could not hold so far, in the order of first happening."""
        return self._tally.losses

    def write(self, document: Document) -> None:
        """Appends the document.

        Raises FormatError or OffsetError, before anything of the document is written, if it
        is inconsistent or has no form at all in this format.
        """
        document.checked()
        reduced, lost = reduce_to(document, self._format)
        try:
            lost += self._encoder.write(reduced)
        except InputError as error:
            place = Place(self._name, None, document.id, error.place.offset)
            raise type(error)(error.message, place) from error
        except UnicodeEncodeError as error:
            raise FormatError(
                f"half a surrogate pair (U+{ord(error.object[error.start]):04X}) is no character "
                f"and cannot be written; correct the text where it was made",
                Place(self._name, None, document.id),
            ) from error
        for part in dict.fromkeys(lost):
            self._tally.add(part, document.id)

    def close(self) -> None:
        """Completes the file."""
        self._encoder.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


def open_writer(
    path: Path | str | BinaryIO, format: str, *, on_loss: Callable[[Loss], None] | None = None
) -> DocumentWriter:
    r"""A writer to a file (replaced if it is there, packed if it ends in `.gz`) or binary stream.

    brat always needs a path, and text for more than one document: one that is a folder, or that
    does not have the format's suffix, becomes a folder with files for each document.

    >>> import io
    >>> stream = io.BytesIO()
    >>> with open_writer(stream, "pubtator") as writer:
    ...     writer.write(Document("7", "Gout.", metadata={"year": 1999}))
    >>> stream.getvalue(), str(writer.losses[0].part)
    (b'7|t|Gout.\n7|a|\n\n', 'metadata of documents')
    """
    known = format_named(format)
    target = Path(path) if isinstance(path, str) else path
    return DocumentWriter(_encoder(target, known), known, name=name_of(target), on_loss=on_loss)


def _encoder(target: Path | BinaryIO, format: Format) -> Encoder:
    # Imported here, so that a format's libraries load only once it is written.
    match format.name:
        case "brat":
            from bioweave.formats.brat.writing import BratEncoder

            if not isinstance(target, Path):
                raise FormatError("brat is a pair of files; give a path, not a stream")
            return BratEncoder(target)
        case "text":
            from bioweave.formats.plain_text import text_encoder

            return text_encoder(target, format)
        case "jsonl":
            from bioweave.formats.jsonl import JsonlEncoder

            return JsonlEncoder(Sink(target))
        case "bioc-xml":
            from bioweave.formats.bioc.xml import BiocXmlEncoder

            return BiocXmlEncoder(Sink(target))
        case "bioc-json":
            from bioweave.formats.bioc.json import BiocJsonEncoder

            return BiocJsonEncoder(Sink(target))
        case "pubtator":
            from bioweave.formats.pubtator.writing import PubTatorEncoder

            return PubTatorEncoder(Sink(target))
        case "conll":
            from bioweave.formats.conll.writing import ConllEncoder

            return ConllEncoder(Sink(target))
        case "pubmed-xml":
            from bioweave.formats.pubmed.writing import PubmedEncoder

            return PubmedEncoder(Sink(target))
        case "csv":
            from bioweave.formats.csv_table import CsvEncoder

            return CsvEncoder(Sink(target))
        case "parquet":
            from bioweave.formats.parquet import ParquetEncoder

            return ParquetEncoder(Sink(target))
        case _:
            from bioweave.formats.html import HtmlEncoder

            return HtmlEncoder(Sink(target))
