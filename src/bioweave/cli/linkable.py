"""Which labels' mentions can be linked, and what to say of those that cannot."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from bioweave.cli.annotation import AnnotationReport
from bioweave.cli.progress import counted
from bioweave.lexicon import Lexicon
from bioweave.lexicon.labels import label_of_names
from bioweave.linking import Linker


@dataclass(frozen=True, slots=True)
class Linkable:
    """The labels that a bundle was taught to link, and those of its lexicon, None without one."""

    taught: Collection[str]
    in_lexicon: Collection[str] | None

    @classmethod
    def of(cls, model: str, lexicon: Path | None) -> Linkable:
        """Those of a bundle, as `--model` gives it, and a compiled lexicon."""
        from bioweave.annotator.links import linked_labels
        from bioweave.bundle import find_bundle

        named = None if lexicon is None else Lexicon.open(lexicon).labels
        return cls(linked_labels(find_bundle(model)), named)

    @classmethod
    def of_linker(cls, linker: Linker) -> Linkable:
        """Those of a linker that has been opened."""
        return cls(linker.labels, linker.lexicon.labels if linker.lexicon else None)

    def add_to(self, report: AnnotationReport) -> None:
        """Have a run's report tell which of its mentions were not linked."""
        report.not_linked = self.not_linked(report.n_mentions)
        report.warnings += tuple(self.warnings(report.n_mentions, report.n_with_concepts))

    def not_linked(self, n_mentions: Mapping[str, int]) -> dict[str, int]:
        """Of mentions counted by label, those of labels that are not linked."""
        return {
            label: n for label, n in sorted(n_mentions.items()) if n and label not in self.taught
        }

    def warnings(
        self,
        n_mentions: Mapping[str, int],
        n_kept: Mapping[str, int] | None = None,
        *,
        what: str = "mention",
    ) -> Iterator[str]:
        """A line for each label of which mentions were not linked, or not to the lexicon.

        `n_kept` counts those that have concepts all the same: those they came with.
        """
        for label, n in self.not_linked(n_mentions).items():
            kept = n_kept.get(label, 0) if n_kept else 0
            yield (
                f"{_mentions(n, what, label)} not linked: {self._reason(label)}"
                + (f"; {kept} of them kept the concepts that they came with" if kept else "")
            )
        if self.in_lexicon is None:
            return
        for label, n in sorted(n_mentions.items()):
            if n and label in self.taught and not label_of_names(label, self.in_lexicon):
                yield (
                    f"{_mentions(n, what, label)} linked by what the bundle learned alone: the "
                    "lexicon has no names of it"
                )

    def _reason(self, label: str) -> str:
        if self.in_lexicon is None:
            return "the bundle knows no concepts of it"
        if label_of_names(label, self.in_lexicon):
            return "the bundle was never taught to; `bioweave train-linker` does"
        return "neither the bundle nor the lexicon knows concepts of it"


def _mentions(n: int, what: str, label: str) -> str:
    return f"{counted(n, what)} of the label {label} {'was' if n == 1 else 'were'}"
