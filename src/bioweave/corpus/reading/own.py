"""A corpus of one's own: a folder with one file per split, in any format that bioweave reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bioweave.corpus.defects import Action, Defect, DefectSink
from bioweave.document import Document
from bioweave.formats import Failure, read_documents

SPLITS = ("train", "dev", "test")


@dataclass(frozen=True, slots=True)
class OwnReader:
    """Reads the files that `paths` names by split; labels are taken as they are."""

    paths: Mapping[str, str]

    @property
    def splits(self) -> tuple[str, ...]:
        """The splits that have a file."""
        return tuple(self.paths)

    def files(self, folder: Path, split: str) -> Sequence[Path]:
        """The split's one file."""
        return (folder / self.paths[split],)

    def read(self, folder: Path, split: str, report: DefectSink) -> Iterator[Document]:
        """The documents that can be read; each of the others is a defect."""

        def report_failure(failure: Failure) -> None:
            where = failure.document or f"{failure.source} line {failure.line}"
            report(Defect("unreadable document", Action.DROPPED, split, where, failure.reason))

        return read_documents(self.files(folder, split)[0], on_failure=report_failure)


def own_files(folder: Path) -> dict[str, str]:
    """The file of each split in the folder, by name; empty where there is none.

    Of two files for one split, the first by name is taken.
    """
    found = {}
    for split in SPLITS:
        names = sorted(path.name for path in folder.glob(f"{split}.*") if path.is_file())
        if names:
            found[split] = names[0]
    return found
