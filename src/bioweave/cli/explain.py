"""`bioweave explain`: why something is a mention, or is not."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from bioweave.cli import options


def explain(
    what: Annotated[
        str,
        typer.Argument(
            metavar="TEXT|FILE", help="A text, a file of documents, or - for standard input."
        ),
    ],
    span: Annotated[
        str | None,
        typer.Option(
            metavar="A:B",
            help="Explain these characters, found or not, from 0 and without the end.",
            show_default="every mention found",
        ),
    ] = None,
    label: Annotated[
        str | None,
        typer.Option(
            metavar="LABEL",
            help="As a mention of this label; without --span only mentions of it.",
            show_default="that of the mention, else the likeliest",
        ),
    ] = None,
    without: Annotated[
        list[str] | None,
        typer.Option(
            metavar="WORD",
            help="Show the probability before and after hiding a word. Repeatable.",
            show_default=False,
        ),
    ] = None,
    method: Annotated[
        Literal["shap", "lime", "occlusion", "gradients"],
        typer.Option(help="How words are weighed; gradients need a run's folder as --model."),
    ] = "shap",
    to: Annotated[
        Literal["terminal", "html", "json", "png"] | None,
        typer.Option(
            help="How to write. Default: by OUT's suffix, else terminal.", show_default=False
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="OUT", help="Write here.", show_default=False),
    ] = None,
    document: Annotated[
        str | None,
        typer.Option(
            "--document", metavar="ID", help="Of a file, this document.", show_default="all"
        ),
    ] = None,
    model: Annotated[
        str,
        typer.Option(metavar="MODEL", help="A bundle's folder, 'default', or the folder of a run."),
    ] = "default",
    mode: options.Mode = "balanced",
    lexicon: options.SpeakingLexicon = None,
    samples: Annotated[
        int, typer.Option(min=2, metavar="N", help="Variants that shap and lime look at.")
    ] = 512,
    seed: Annotated[int, typer.Option(metavar="N", help="Of shap's and lime's draws.")] = 0,
    from_: options.From = "auto",
) -> None:
    """Say which words speak for a mention and which against it.

    Each word of the sentence gets a weight: what seeing it does to the probability that the CRF
    gives to exactly this mention. Beside the weights stand the threshold, the share of the CRF's
    ties, the runner-up, what was found instead, names of a lexicon, a short form's long form, and
    the nearest names met in training.
    """
    from bioweave.cli.explain_documents import documents_of
    from bioweave.cli.explain_output import chosen_form, write
    from bioweave.cli.explain_spans import explain_all, open_explainer, parse_span

    form = chosen_form(to, out)
    characters = parse_span(span)
    documents = documents_of(what, from_, document, needs_one=characters is not None)
    explainer = open_explainer(
        model, mode=mode, method=method, samples=samples, seed=seed, lexicon=lexicon
    )
    write(explain_all(explainer, documents, characters, label, tuple(without or ())), form, out)
