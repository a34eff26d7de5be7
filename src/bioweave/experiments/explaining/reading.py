"""A corpus's split as a model reads it: what is there to be explained."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bioweave import __version__
from bioweave.corpus import SplitName, info
from bioweave.document import Document
from bioweave.errors import ConfigurationError, CorpusError
from bioweave.experiments.evaluation import RUN_RECORD
from bioweave.experiments.fusing.keeping import model_key
from bioweave.experiments.learning import provenance_of, saw
from bioweave.experiments.splits import hold_out

if TYPE_CHECKING:
    from bioweave.annotator import Annotator


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """The documents of a split without their gold mentions, and the labels to ask about.

    `saw_split` is whether the model learned from the split, None where it does not say;
    `carved_with` as in `HeldOut`.
    """

    name: SplitName
    documents: tuple[Document, ...]
    labels: tuple[str, ...]
    saw_split: bool | None
    carved_with: int | None

    def settings(self, annotator: Annotator, model: str) -> Mapping[str, Any]:
        """What all that is said of these documents depends on."""
        return {
            "bioweave": __version__,
            "model": _key(annotator, model),
            "mode": annotator.mode,
            "corpus": self.name.corpus,
            "split": self.name.split,
            "labels": list(self.labels),
        }

    def json(self, model: str) -> dict[str, Any]:
        """What a summary says of where it comes from."""
        return {
            "model": model,
            "corpus": self.name.corpus,
            "split": self.name.split,
            "carved_with_seed": self.carved_with,
            "saw_split": self.saw_split,
        }


def read(annotator: Annotator, name: SplitName, label: str | None = None) -> Reading:
    """A split, and the labels that both the model and the corpus know, or the one given.

    Where they have none in common, as with a corpus without gold mentions, it is all of the
    model's: nothing is scored. Raises CorpusError for a split that is not there or empty, and
    ConfigurationError for a label that the model lacks.
    """
    if label is not None and label not in annotator.labels:
        raise ConfigurationError(
            f"this model does not find {label}: its labels are {', '.join(annotator.labels)}"
        )
    provenance = provenance_of(annotator)
    held_out = hold_out(*name, provenance)
    if not any(one.text.strip() for one in held_out.documents):
        raise CorpusError(f"{name.corpus} {name.split} has no documents with words in them")
    shared = [one for one in info(name.corpus).labels if one in annotator.labels]
    labels: Sequence[str] = [label] if label is not None else shared or annotator.labels
    is_carved = held_out.carved_with is not None
    return Reading(
        name,
        tuple(Document(one.id, one.text, passages=one.passages) for one in held_out.documents),
        tuple(labels),
        saw(provenance, *name, is_carved=is_carved),
        held_out.carved_with,
    )


def _key(annotator: Annotator, model: str) -> str:
    path = Path(model)
    if not (path / RUN_RECORD).is_file():
        if annotator.bundle.path is None:
            return model
        path = annotator.bundle.path
    return model_key(path)
