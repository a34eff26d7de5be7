"""Every error that bioweave raises on purpose.

    BioweaveError
    ├── InputError              what the user gave cannot be read
    │   ├── FormatError         a file, line or document is not in its format
    │   └── OffsetError         a mention's offsets do not match its text
    ├── ConfigurationError      a recipe or an option is wrong
    ├── CorpusError             a named corpus is unknown, missing or unreadable
    ├── EncoderError            an encoder cannot be found or loaded
    ├── BundleError             a bundle is damaged, incomplete or too new
    ├── LexiconError            a compiled lexicon is damaged, foreign or too new
    ├── ProcessError            one of a training's processes was killed
    └── MissingExtraError       an optional library is not installed

A message says what was found, what was expected, where, and what to do about it.
"""

from __future__ import annotations

from dataclasses import dataclass


class BioweaveError(Exception):
    """The root: catch it to catch everything that bioweave raises on purpose."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an input went wrong; whatever is unknown stays None.

    `line` counts from 1; `offset` is in Unicode code points from 0.
    """

    source: str | None = None
    line: int | None = None
    document: str | None = None
    offset: int | None = None

    def __str__(self) -> str:
        parts = [
            self.source,
            f"line {self.line}" if self.line is not None else None,
            f"document {self.document!r}" if self.document is not None else None,
            f"offset {self.offset}" if self.offset is not None else None,
        ]
        return ", ".join(part for part in parts if part is not None)


class InputError(BioweaveError):
    """What the user gave cannot be read; `place` tells where."""

    def __init__(self, message: str, place: Place | None = None) -> None:
        self.message = message
        self.place = place or Place()
        where = str(self.place)
        super().__init__(f"{where}: {message}" if where else message)

    def __reduce__(self) -> tuple[type[InputError], tuple[str, Place]]:
        # The default would hand the joined text back as the message.
        return type(self), (self.message, self.place)


class FormatError(InputError):
    """A file, line or document is not in the format it was read as."""


class OffsetError(InputError):
    """A mention's offsets lie outside its document or do not cover its text."""


class ConfigurationError(BioweaveError):
    """A recipe or an option is wrong: an unknown key, a value out of range."""


class CorpusError(BioweaveError):
    """A named corpus is unknown, not where `BIOWEAVE_CORPORA` says, or unreadable."""


class EncoderError(BioweaveError):
    """An encoder cannot be found or loaded."""


class BundleError(BioweaveError):
    """A bundle is damaged, incomplete, or was written by a newer bioweave."""


class LexiconError(BioweaveError):
    """A compiled lexicon is damaged, cannot be built, or was written by a newer bioweave."""


class ProcessError(BioweaveError):
    """One of the processes that train together was killed, and took the others with it."""


class MissingExtraError(BioweaveError):
    """An optional library is not installed.

    >>> str(MissingExtraError("torch", extra="train", needed_for="training"))
    "training needs 'torch', which is not installed: pip install 'bioweave[train]'"
    """

    def __init__(self, library: str, *, extra: str, needed_for: str) -> None:
        self.library = library
        self.extra = extra
        self.needed_for = needed_for
        super().__init__(
            f"{needed_for} needs '{library}', which is not installed: "
            f"pip install 'bioweave[{extra}]'"
        )

    def __reduce__(self) -> tuple[object, ...]:
        return _missing_extra, (self.library, self.extra, self.needed_for)


def _missing_extra(library: str, extra: str, needed_for: str) -> MissingExtraError:
    return MissingExtraError(library, extra=extra, needed_for=needed_for)
