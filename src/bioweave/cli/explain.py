"""`bioweave explain`: why something is a mention, or is not."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from bioweave.cli import options
from bioweave.cli.explain_method import MethodChoice


def explain(
    what: Annotated[
        str | None,
        typer.Argument(
            metavar="TEXT|FILE",
            help="A text, a file of documents, or - for standard input.",
            show_default=False,
        ),
    ] = None,
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
        list[MethodChoice] | None,
        typer.Option(
            help="How words are weighed; gradients need a run's folder as --model. Repeatable with "
            "--check.",
            show_default="shap; of --check every one, of --global occlusion",
        ),
    ] = None,
    check: Annotated[
        str | None,
        typer.Option(
            metavar="CORPUS[:SPLIT]",
            help="Instead of a text: are explanations of a corpus's mentions true? (dev)",
            show_default=False,
        ),
    ] = None,
    world: Annotated[
        str | None,
        typer.Option(
            "--global",
            metavar="CORPUS[:SPLIT]",
            help="Instead of a text: the words that speak most for and against each label. (dev)",
            show_default=False,
        ),
    ] = None,
    mentions: Annotated[
        int | None,
        typer.Option(
            min=1,
            metavar="N",
            help="Of --check and --global: look at so many mentions, drawn by the seed.",
            show_default="200 of --check, all of --global",
        ),
    ] = None,
    least: Annotated[
        int,
        typer.Option(
            min=1, metavar="N", help="Of --global: leave out words of fewer than N documents."
        ),
    ] = 3,
    with_test: Annotated[
        bool,
        typer.Option("--test", help="Let --check and --global read a test split."),
    ] = False,
    to: Annotated[
        Literal["terminal", "html", "json", "png"] | None,
        typer.Option(
            help="How to write. Default: by OUT's suffix, else terminal.", show_default=False
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            metavar="OUT",
            help="Write here: a file, or of --check and --global a folder, in which they also go "
            "on after an interruption.",
            show_default=False,
        ),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print JSON; of a text the same as --to json.")
    ] = False,
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
    seed: Annotated[
        int, typer.Option(min=0, metavar="N", help="Of shap's and lime's draws, and of --mentions.")
    ] = 0,
    from_: options.From = "auto",
) -> None:
    """Say which words speak for a mention and which against it.

    Each word of the sentence gets a weight: what seeing it does to the probability that the CRF
    gives to exactly this mention. Beside the weights stand the threshold, the share of the CRF's
    ties, the runner-up, what was found instead, names of a lexicon, a short form's long form, and
    the nearest names met in training.

    --check hides words by the weights of each method, and at random, and measures how the
    probability follows. --global sums weights up by word over a whole corpus. Called again with
    the same -o FOLDER they go on from where they were interrupted.
    """
    if check is not None or world is not None:
        from bioweave.cli.explain_corpus import CorpusOptions, check_corpus, sum_up_corpus

        if check is not None and world is not None:
            raise typer.BadParameter("--check and --global are two reports: ask for one at a time")
        _refuse(
            {"a text": what, "--span": span, "--without": without, "--to": to}
            | {"--document": document},
            "--check" if check is not None else "--global",
        )
        chosen = CorpusOptions(
            corpus=check if check is not None else world or "",
            with_test=with_test,
            methods=tuple(dict.fromkeys(one.value for one in method or ())),
            mentions=mentions,
            samples=samples,
            seed=seed,
            label=label,
            model=model,
            mode=mode,
            lexicon=lexicon,
            out=out,
            as_json=as_json,
        )
        if check is not None:
            check_corpus(chosen)
        else:
            sum_up_corpus(chosen, least)
        return
    if what is None:
        raise typer.BadParameter("give a text, a file or -; or --check or --global with a corpus")
    _refuse({"--mentions": mentions, "--test": with_test or None}, "a text")
    if len(method or ()) > 1:
        raise typer.BadParameter("a text is explained by one method; --check compares several")
    if as_json and to not in (None, "json"):
        raise typer.BadParameter(f"--json and --to {to} contradict each other")
    from bioweave.cli.explain_documents import documents_of
    from bioweave.cli.explain_output import chosen_form, write
    from bioweave.cli.explain_spans import explain_all, open_explainer, parse_span

    form = chosen_form("json" if as_json else to, out)
    characters = parse_span(span)
    documents = documents_of(what, from_, document, needs_one=characters is not None)
    explainer = open_explainer(
        model,
        mode=mode,
        method=method[0].value if method else "shap",
        samples=samples,
        seed=seed,
        lexicon=lexicon,
    )
    write(explain_all(explainer, documents, characters, label, tuple(without or ())), form, out)


def _refuse(given: Mapping[str, Any], what: str) -> None:
    """BadParameter where one of these was given that `what` has no use for."""
    for name, value in given.items():
        if value is not None and value != []:
            raise typer.BadParameter(f"{name} does not go with {what}")
