"""From options to explanations."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from bioweave.cli.extras import needs_extra
from bioweave.cli.working import working
from bioweave.document import Document, Span

if TYPE_CHECKING:
    from bioweave.explanation import Explainer, Explanation

_SPAN = re.compile(r"(\d+):(\d+)")


def parse_span(span: str | None) -> Span | None:
    """The characters of `--span A:B`; BadParameter for anything else.

    >>> parse_span("10:25")
    Span(start=10, end=25)
    """
    if span is None:
        return None
    match = _SPAN.fullmatch(span.strip())
    if match is None:
        raise typer.BadParameter(f"--span is two numbers of characters, as in 10:25, not {span!r}")
    return Span(int(match[1]), int(match[2]))


def open_explainer(
    model: str, *, mode: str, method: str, samples: int, seed: int, lexicon: Path | None
) -> Explainer:
    """The explainer of a bundle or of a run.

    Raises what opening them raises, and MissingExtraError for a run without torch.
    """
    from bioweave.cli.named_lexicon import named_lexicon
    from bioweave.experiments import open_model
    from bioweave.explanation import Explainer
    from bioweave.lexicon import Lexicon

    lexicon = named_lexicon(lexicon)
    with working("loading the model"), needs_extra("train", "explaining a run"):
        annotator = open_model(model, mode=mode, lexicon=lexicon)
    names = Lexicon.open(lexicon) if lexicon is not None else None
    return Explainer(annotator, method=method, samples=samples, seed=seed, lexicon=names)


def explain_all(
    explainer: Explainer,
    documents: Sequence[Document],
    span: Span | None,
    label: str | None,
    without: tuple[str, ...],
) -> Iterator[Explanation]:
    """An explanation of the span in the one document, else of every mention in all of them."""
    if span is not None:
        [document] = documents
        with working("asking the model"):
            explanation = explainer.span(document, *span, label, without=without)
        yield explanation
        return
    for document in documents:
        yield from explainer.mentions(document, label, without=without)
