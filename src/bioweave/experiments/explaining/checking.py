"""Methods of explanation put to the test on a named corpus: `bioweave explain --check`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bioweave.corpus import SplitName
from bioweave.errors import CorpusError
from bioweave.experiments.explaining.reading import read
from bioweave.experiments.measurement import Progress
from bioweave.explanation.checking import Checker, summarise
from bioweave.explanation.kept_rows import KeptRows
from bioweave.explanation.methods import MethodName
from bioweave.explanation.methods.choosing import SAMPLES, SEED, has_gradients
from bioweave.explanation.sampling import sample_mentions

if TYPE_CHECKING:
    from bioweave.annotator import Annotator

ROWS = "mentions.jsonl"
COMMAND = "explain --check"


def methods_of(annotator: Annotator) -> tuple[MethodName, ...]:
    """Every method that explains this model."""
    bundled: tuple[MethodName, ...] = ("shap", "lime", "occlusion")
    return (*bundled, "gradients") if has_gradients(annotator.bundle) else bundled


def check_explanations(
    annotator: Annotator,
    name: SplitName,
    *,
    methods: Sequence[str] = (),
    mentions: int = 200,
    samples: int = SAMPLES,
    seed: int = SEED,
    label: str | None = None,
    model: str = "",
    folder: Path | None = None,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """The summary of a check, as `explain --check --json` prints it.

    `methods` are all that explain the model unless some are given. With a `folder`, rows of
    mentions are kept there, and called again it goes on from them. Raises what `read` and
    `Checker` raise, CorpusError where nothing is found, and ConfigurationError for a folder of
    another check.
    """
    reading = read(annotator, name, label)
    checker = Checker(annotator, methods or methods_of(annotator), samples=samples, seed=seed)
    found = list(annotator.pipe(reading.documents))
    sampled = sample_mentions([one.mentions for one in found], reading.labels, mentions, seed)
    if not sampled:
        raise CorpusError(
            f"the model finds no mention of {', '.join(reading.labels)} in {name.corpus} "
            f"{name.split}: there is nothing to check"
        )
    settings = {**reading.settings(annotator, model), **checker.settings}
    kept = KeptRows(folder / ROWS if folder is not None else None, settings)
    rows = []
    for row in checker.rows(reading.documents, sampled, kept):
        rows.append(row)
        if progress:
            progress(len(rows), len(sampled))
    return {
        "command": COMMAND,
        **reading.json(model),
        "mode": annotator.mode,
        "found": sum(one.label in reading.labels for each in found for one in each.mentions),
        **checker.settings,
        **summarise(rows),
    }
