"""The linker of a bundle: what it learned, and a lexicon beside it if one is wanted."""

from __future__ import annotations

from pathlib import Path

from bioweave.bundle.parts import LINKING_NAME, has_part
from bioweave.errors import ConfigurationError
from bioweave.lexicon import Lexicon
from bioweave.lexicon.finding import find_lexicon
from bioweave.linking import Linker


def linked_labels(folder: Path | None) -> tuple[str, ...]:
    """The labels that the bundle in a folder was taught to link, without loading what it learned.

    >>> linked_labels(None)
    ()
    """
    return () if folder is None else Linker.labels_in(folder / LINKING_NAME)


def open_linker(folder: Path | None, lexicon: Path | str | None = None) -> Linker:
    """The linker of the bundle in a folder, with the names of a compiled lexicon.

    The lexicon is a path, or `mesh` for the headings of the extra `mesh`.
    Without a lexicon it knows what it learned from its training corpora, whatever else this
    machine holds. Raises ConfigurationError where the bundle was not taught any linking, and
    LexiconError where the lexicon cannot be read.
    """
    if folder is None or not has_part(folder, LINKING_NAME):
        raise ConfigurationError(
            f"{folder or 'this model'}: cannot link, it was never taught to; "
            "`bioweave train-linker BUNDLE --corpus NAME` does"
        )
    opened = Lexicon.open(find_lexicon(lexicon)) if lexicon is not None else None
    return Linker.load(folder / LINKING_NAME, opened)
