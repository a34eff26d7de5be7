"""The names that a tagger's training documents mark: what it knows without any lexicon."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from bioweave.document import Document
from bioweave.errors import BundleError
from bioweave.lexicon import normalise

# A name of so few characters is one in its own case only: the gene WAS is not what once was.
SHORTEST_IN_ANY_CASE = 4


@dataclass(frozen=True, slots=True)
class OwnNames:
    """Names by label, asked for by their text.

    They are compared as a lexicon compares them: case, plural, hyphens and spaces make no
    difference, but for names of three characters and less.

    >>> names = OwnNames({"Disease": frozenset({"renal failure", "MS"})})
    >>> names("Renal failures", "Disease"), names("ms", "Disease"), names("gout", "Disease")
    (True, False, False)
    """

    by_label: Mapping[str, frozenset[str]]

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels that have names."""
        return tuple(self.by_label)

    @property
    def counts(self) -> dict[str, int]:
        """How many names each label has."""
        return {label: len(names) for label, names in self.by_label.items()}

    def __call__(self, text: str, label: str) -> bool:
        """Whether the text is a name of this label."""
        known = self.by_label.get(label)
        return known is not None and _key(text) in known

    @classmethod
    def of_documents(cls, documents: Iterable[Document], labels: Collection[str]) -> OwnNames:
        """What the documents' mentions of these labels are called; none of discontinuous ones."""
        found: dict[str, set[str]] = {label: set() for label in labels}
        for document in documents:
            for mention in document.mentions:
                if mention.label in found and not mention.is_discontinuous:
                    found[mention.label].add(_key(mention.text))
        return cls(
            {label: frozenset(names - {""}) for label, names in found.items() if names - {""}}
        )

    @classmethod
    def of_members(cls, members: Iterable[OwnNames | None]) -> OwnNames | None:
        """The names of several taggers together; None where none has any."""
        found: dict[str, frozenset[str]] = {}
        for member in members:
            for label, names in member.by_label.items() if member is not None else ():
                found[label] = found.get(label, frozenset()) | names
        return cls(found) if found else None

    def save(self, path: Path) -> None:
        """Write a line for each name: its label, a tab, and the name as it is compared."""
        lines = [
            f"{label}\t{name}\n" for label, names in self.by_label.items() for name in sorted(names)
        ]
        path.write_text("".join(lines), encoding="utf-8", newline="\n")

    @classmethod
    def load(cls, path: Path) -> OwnNames:
        """What `save` wrote. Raises BundleError where it is damaged."""
        found: dict[str, set[str]] = {}
        try:
            for line in path.read_text(encoding="utf-8").split("\n")[:-1]:
                label, name = line.split("\t")
                found.setdefault(label, set()).add(name)
        except (OSError, ValueError) as error:
            raise BundleError(f"{path}: not a table of names ({error})") from error
        return cls({label: frozenset(names) for label, names in found.items()})


def _key(text: str) -> str:
    return normalise(text) if len(text) >= SHORTEST_IN_ANY_CASE else " ".join(text.split())
