"""What annotators called things: names with the concepts that corpora give them."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bioweave.document import Document
from bioweave.errors import BundleError
from bioweave.lexicon import normalise
from bioweave.text.short_forms import LongForms

Ids = tuple[str, ...]


def names_of(text: str, long_form: str | None) -> tuple[str, ...]:
    """The keys to look a mention up by: its long form's, then its own; empty ones left out."""
    keys = (normalise(long_form) if long_form else "", normalise(text))
    return tuple(dict.fromkeys(key for key in keys if key))


@dataclass(slots=True)
class LabelNames:
    """The names of one label: how often a key stood for which concepts, and each concept's count.

    A composite mention stands for several ids, in their order. `texts` is the spelling in which
    a concept was met most often.
    """

    by_key: dict[str, Counter[Ids]] = field(default_factory=lambda: defaultdict(Counter))
    concepts: Counter[str] = field(default_factory=Counter)
    texts: dict[str, str] = field(default_factory=dict)

    def counts(self, key: str) -> Mapping[Ids, int]:
        """How often the key stood for which concepts; empty for one that was never met."""
        return self.by_key.get(key, {})


@dataclass(frozen=True, slots=True)
class LearnedNames:
    """Names met in annotated documents, by label. What has no concept in them is not in here."""

    labels: Mapping[str, LabelNames]

    @classmethod
    def from_documents(
        cls, documents: Iterable[Document], labels: Sequence[str] | None = None
    ) -> LearnedNames:
        """The names and concepts of the documents' mentions, of some labels or all.

        A short form that its document spells out is learned by the long form as well, and by
        its own letters too, since other documents may not spell it out.
        """
        found: dict[str, LabelNames] = defaultdict(LabelNames)
        spellings: dict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
        for label, keys, ids, text in met_names(documents):
            if labels is not None and label not in labels:
                continue
            names = found[label]
            for key in keys:
                names.by_key[key][ids] += 1
            names.concepts.update(ids)
            if len(ids) == 1:
                spellings[label][ids[0], text] += 1
        for label, counted in spellings.items():
            # The commonest, and of equals the first in the alphabet.
            for (id_, text), _ in sorted(counted.items(), key=lambda item: (-item[1], item[0])):
                found[label].texts.setdefault(id_, text)
        return cls(dict(found))

    def save(self, path: Path) -> None:
        """Write as JSON."""
        table = {
            label: {
                "names": {
                    key: {" ".join(ids): n for ids, n in sorted(counts.items())}
                    for key, counts in sorted(names.by_key.items())
                },
                "texts": dict(sorted(names.texts.items())),
                "concepts": dict(sorted(names.concepts.items())),
            }
            for label, names in sorted(self.labels.items())
        }
        path.write_text(json.dumps(table, ensure_ascii=False, indent=0), encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> LearnedNames:
        """What `save` wrote. Raises BundleError where it is damaged."""
        try:
            table = json.loads(path.read_text(encoding="utf-8"))
            return cls({label: _label_names(names) for label, names in table.items()})
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise BundleError(f"{path}: not a table of names ({error})") from error


def met_names(
    documents: Iterable[Document],
) -> Iterator[tuple[str, tuple[str, ...], Ids, str]]:
    """(label, keys, concept ids, text) of each mention that has a concept and a key."""
    for document in documents:
        long_forms = LongForms(document.text)
        for mention in document.mentions:
            ids = tuple(concept.id for concept in mention.concepts)
            keys = names_of(mention.text, long_forms.at(mention.text, mention.start))
            if ids and keys:
                yield mention.label, keys, ids, mention.text


def _label_names(table: Mapping[str, Any]) -> LabelNames:
    names = LabelNames(concepts=Counter(table["concepts"]), texts=dict(table["texts"]))
    for key, counts in table["names"].items():
        names.by_key[key] = Counter({tuple(ids.split(" ")): n for ids, n in counts.items()})
    return names
