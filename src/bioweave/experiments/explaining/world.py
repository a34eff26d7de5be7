"""What speaks for and against each label in a whole corpus: `bioweave explain --global`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bioweave.corpus import SplitName
from bioweave.document import Mention
from bioweave.errors import ConfigurationError, CorpusError
from bioweave.experiments.explaining.reading import read
from bioweave.experiments.measurement import Progress
from bioweave.explanation.corpus_wide import (
    FLOOR,
    LEAST_DOCUMENTS,
    PRIOR,
    WeightGatherer,
    spans_of,
    tally_words,
)
from bioweave.explanation.kept_rows import KeptRows
from bioweave.explanation.methods.choosing import SAMPLES, SEED
from bioweave.explanation.sampling import Sampled, sample_mentions

if TYPE_CHECKING:
    from bioweave.annotator import Annotator

ROWS = "spans.jsonl"
COMMAND = "explain --global"


def explain_globally(
    annotator: Annotator,
    name: SplitName,
    *,
    method: str = "occlusion",
    mentions: int | None = None,
    least: int = LEAST_DOCUMENTS,
    samples: int = SAMPLES,
    seed: int = SEED,
    label: str | None = None,
    model: str = "",
    folder: Path | None = None,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """The words that speak most for and against each label, as `explain --global --json` prints it.

    Of `mentions`, so many spans are drawn by the seed, by default all are asked about; near misses
    are among them. With a `folder`, what words weigh is kept there, and called again it goes on
    from it. Raises what `read` and `WeightGatherer` raise, CorpusError where there is no span to
    ask about, and ConfigurationError for a folder of something else.
    """
    if least < 1:
        raise ConfigurationError(f"a word is listed from 1 document on, not from {least}")
    reading = read(annotator, name, label)
    gatherer = WeightGatherer(annotator, method, samples=samples, seed=seed)
    spans = list(spans_of(annotator, reading.documents))
    both = [[*one.found, *one.near] for one in spans]
    wanted = sample_mentions(both, reading.labels, mentions, seed)
    if not wanted:
        raise CorpusError(
            f"the model neither finds nor nearly finds {', '.join(reading.labels)} in "
            f"{name.corpus} {name.split}: there is nothing to explain"
        )
    found = _keys([one.found for one in spans])
    settings = {**reading.settings(annotator, model), **gatherer.settings}
    kept = KeptRows(folder / ROWS if folder is not None else None, settings)
    rows = []
    for row in gatherer.rows(reading.documents, wanted, found, kept):
        rows.append(row)
        if progress:
            progress(len(rows), len(wanted))
    return {
        "command": COMMAND,
        **reading.json(model),
        "mode": annotator.mode,
        **gatherer.settings,
        "documents": len(reading.documents),
        "spans": {
            label: {
                "found": counts[True],
                "near_misses": counts[False],
            }
            for label in reading.labels
            if (counts := Counter(row["found"] for row in rows if row["label"] == label))
        },
        "floor": FLOOR,
        "least_documents": least,
        "prior_documents": PRIOR,
        "labels": tally_words(rows, least=least),
    }


def _keys(mentions: Sequence[Sequence[Mention]]) -> set[str]:
    return {Sampled(place, one, 0).key for place, own in enumerate(mentions) for one in own}
