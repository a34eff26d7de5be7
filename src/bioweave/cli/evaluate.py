"""`bioweave evaluate`: how good a model is on a named corpus."""

from __future__ import annotations

import json
import os
import sys
from typing import Annotated

import typer

from bioweave.cli import options
from bioweave.cli.extras import needs_extra

# In a file or a pipe nothing has to be cut short.
_WIDTH_OF_FILES = 132


def evaluate(
    model: Annotated[
        str,
        typer.Argument(
            metavar="MODEL", help="A bundle's folder, 'default', or the folder of a run."
        ),
    ],
    corpus: Annotated[
        str | None,
        typer.Option("--corpus", metavar="NAME", help="Which corpus; `corpus list` names them."),
    ] = None,
    every: Annotated[
        bool,
        typer.Option(
            "--all", help="Every corpus that is there and has one of the labels, unseen ones too."
        ),
    ] = False,
    split: Annotated[
        str, typer.Option("--split", metavar="SPLIT", help="train, dev or test.")
    ] = "test",
    mode: options.Mode = "balanced",
    link: Annotated[
        bool, typer.Option("--link", help="Score the concepts of mentions as well.")
    ] = False,
    lexicon: options.SpeakingLexicon = None,
    rules: options.Rules = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
) -> None:
    """Score a model against a corpus's gold mentions, or one of relations against its relations.

    Strict means same start, same end and same label in the corpus's own characters; relaxed asks
    for an overlap. Corpora are looked for in the folder that BIOWEAVE_CORPORA names. With --all a
    corpus without the split is measured on another one that the model did not learn from.
    """
    if (corpus is not None) == every:
        raise typer.BadParameter("give either --corpus NAME or --all")

    from rich.console import Console

    from bioweave import experiments

    with needs_extra("train", "evaluating a run"):
        of_relations = experiments.finds_relations(model)
    if of_relations:
        if mode != "balanced" or link or lexicon is not None or rules is not None:
            raise typer.BadParameter(
                "--mode, --link, --lexicon and --rules are for models that find mentions, and this "
                "one finds relations between gold ones"
            )
        _evaluate_relations(model, corpus, split, as_json=as_json)
        return

    from bioweave.cli.evaluation_progress import progress_on
    from bioweave.cli.evaluation_settings import gold_mentions, with_settings
    from bioweave.cli.evaluation_tables import overview, tables_of
    from bioweave.cli.linkable import Linkable
    from bioweave.cli.named_lexicon import named_lexicon
    from bioweave.cli.rule_labels import warn_of_unknown_labels

    lexicon = named_lexicon(lexicon)
    with needs_extra("train", "evaluating a run"):
        opened = experiments.open_model(model, mode=mode, link=link, lexicon=lexicon, rules=rules)
    if rules is not None:
        warn_of_unknown_labels(rules, opened.bundle.manifest.labels)
    with progress_on(Console(file=sys.stderr)) as progress_of:
        if corpus is None:
            result = experiments.evaluate_all(
                opened, split, name=model, progress=progress_of, linker=opened.linker
            )
        else:
            shown = progress_of(corpus)
            result = experiments.evaluate(
                opened, corpus, split, name=model, progress=shown, linker=opened.linker
            )
    if opened.linker is not None:
        for warning in Linkable.of_linker(opened.linker).warnings(
            gold_mentions(result), what="gold mention"
        ):
            print(f"warning: {warning}", file=sys.stderr)
    result = with_settings(result, opened, rules)
    if as_json:
        typer.echo(json.dumps(result, indent=2, allow_nan=False))
        return
    console = Console()
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console.width = _WIDTH_OF_FILES
    for part in overview(result) if corpus is None else tables_of(result):
        console.print(part)


def _evaluate_relations(model: str, corpus: str | None, split: str, *, as_json: bool) -> None:
    from rich.console import Console

    from bioweave import experiments
    from bioweave.cli.evaluation_progress import progress_on
    from bioweave.cli.relation_tables import relation_tables

    if corpus is None:
        raise typer.BadParameter("a model of relations wants --corpus NAME")
    with needs_extra("train", "evaluating a run"):
        bundle = experiments.open_relations(model)
    with progress_on(Console(file=sys.stderr)) as progress_of:
        result = experiments.evaluate_relations(
            bundle, corpus, split, name=model, progress=progress_of(corpus)
        )
    if as_json:
        typer.echo(json.dumps(result, indent=2, allow_nan=False))
        return
    console = Console()
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console.width = _WIDTH_OF_FILES
    for part in relation_tables(result):
        console.print(part)
