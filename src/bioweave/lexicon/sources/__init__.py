"""Terminologies in the formats that they are published in."""

from bioweave.lexicon.sources.entry import SourceEntry
from bioweave.lexicon.sources.file import SourceFile
from bioweave.lexicon.sources.reading import FORMATS, read_entries
from bioweave.lexicon.sources.settings import SourceSettings

__all__ = ["FORMATS", "SourceEntry", "SourceFile", "SourceSettings", "read_entries"]
