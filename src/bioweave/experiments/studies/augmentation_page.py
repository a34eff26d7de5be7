"""What augmentation and a trained beginning are worth, by how much there is to learn from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bioweave.experiments.markdown import fold, item
from bioweave.experiments.runs.verdicts import RULE, count, listed
from bioweave.experiments.studies.growing import Growth
from bioweave.experiments.studies.growing_tables import (
    differences_table,
    minutes_table,
    plain_words,
    scores_table,
)


def augmentation_page(of_kinds: Sequence[Growth], of_starts: Sequence[Growth]) -> str:
    """The page, from ablations over several sizes: kinds of augmentation, and models to start from.

    Either may be empty.
    """
    return "\n\n".join(_parts(of_kinds, of_starts)) + "\n"


def _parts(of_kinds: Sequence[Growth], of_starts: Sequence[Growth]) -> Iterator[str]:
    yield "# Learning from little"
    yield fold(
        "Strict F1 on dev in percent, mean ± standard deviation over seeds. p is of a paired "
        "bootstrap over documents, each document's counts added up over the seeds, and for each "
        "cell by itself. Minutes are of training alone, on the machine and with the `--jobs` that "
        "the study ran with."
    )
    if of_kinds:
        yield "## Augmentation"
        yield fold(
            "Each kind by itself and all together ([what they do](../augmentation.md)), against "
            "the documents as they were published. All rows of a size see as many windows: what is "
            "made takes the place of published text and not more time."
        )
    for growth in of_kinds:
        yield from _growth(growth)
    if of_starts:
        yield "## Rapid adaptation"
        yield fold(
            "A corpus that the trained model has not learned from, a few of its documents, and "
            "the same recipe once from the bare encoder and once from that model (`train --from`). "
            "The documents of a size lie within those of the next."
        )
    for growth in of_starts:
        yield from _growth(growth)


def _growth(growth: Growth) -> Iterator[str]:
    last = growth.summaries[-1]
    seeds = ", ".join(map(str, last["seeds"]))
    yield f"### {growth.corpus} ({growth.recipe})"
    yield fold(
        f"Learned from {listed(size.name for size in growth.sizes)} of {growth.corpus}, measured "
        f"on {count(last['documents'], 'document')} of {listed(last['corpora'])} that are held out "
        f"(its dev split, if it has one); seeds {seeds}."
    )
    yield scores_table(growth)
    yield differences_table(growth)
    yield minutes_table(growth)
    yield f"![F1 by how much was learned from]({growth.picture})"
    left_out = {
        f"{one['switch']} with {size.name}: {one['reason']}"
        for size, summary in zip(growth.sizes, growth.summaries, strict=True)
        for one in summary["skipped"]
    }
    if left_out:
        yield "Left out:"
        yield "\n".join(map(item, sorted(left_out)))
    yield "In plain words:"
    yield "\n".join(map(item, plain_words(growth)))
    yield fold(RULE)
