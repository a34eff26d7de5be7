"""`bioweave corpus`: what corpora there are, what is in them, what is wrong, what they share."""

from __future__ import annotations

import json
from contextlib import AbstractContextManager, nullcontext
from typing import Annotated, Any

import typer

app = typer.Typer(no_args_is_help=True, help="Look at named corpora: list, stats, check, overlap.")

Name = Annotated[
    str, typer.Argument(metavar="NAME", help="A corpus; `bioweave corpus list` names them.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]


@app.command("list")
def list_corpora(as_json: AsJson = False) -> None:
    """The corpora that bioweave knows, and which of them are there.

    They are looked for in the folder that BIOWEAVE_CORPORA names, each in a folder of its name.
    """
    from dataclasses import asdict

    from bioweave import corpus

    infos = [corpus.info(name) for name in corpus.corpus_names()]
    if as_json:
        _print_json([{**asdict(info), "there": _is_there(info.name)} for info in infos])
        return
    from bioweave.cli import corpus_tables

    _print_table(corpus_tables.list_table([(info, _is_there(info.name)) for info in infos]))


@app.command("stats")
def stats(name: Name, as_json: AsJson = False) -> None:
    """Documents, sentences, words and mentions per split, and mentions per label."""
    from bioweave import corpus

    with _working(f"counting {name}"):
        splits = corpus.statistics(name)
    if as_json:
        _print_json(corpus.statistics_json(name, splits))
        return
    from bioweave.cli import corpus_tables

    _print_table(corpus_tables.statistics_table(name, splits))


@app.command("check")
def check(
    name: Name,
    every: Annotated[
        bool, typer.Option("--all", help="List each defect, not only counts.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """What is wrong in a corpus's files and what became of it; how words fit its mentions.

    Exit status 1 says that a mention is left whose offsets do not give its text.
    """
    from bioweave import corpus

    with _working(f"checking {name}"):
        report = corpus.check(name)
    if as_json:
        _print_json(corpus.check_json(report))
    else:
        from bioweave.cli import corpus_tables

        for table in corpus_tables.check_tables(report, with_each=every):
            _print_table(table)
    if not report.is_sound:
        raise typer.Exit(1)


@app.command("overlap")
def overlap(
    names: Annotated[
        list[str], typer.Argument(metavar="NAME...", help="Corpora; one is compared with itself.")
    ],
    as_json: AsJson = False,
) -> None:
    """Documents and sentences that splits share, within a corpus and across corpora.

    Documents are compared by PMID (or PMC or MEDLINE number) and by text, letters and digits
    alone; sentences by text, and as parts of the other's documents.
    """
    from bioweave import corpus

    with _working(f"comparing {', '.join(names)}"):
        found = corpus.overlap(names)
    if as_json:
        _print_json(corpus.overlap_json(found))
        return
    from bioweave.cli import corpus_tables

    _print_table(corpus_tables.overlap_table(found))


def _is_there(name: str) -> bool:
    from bioweave import corpus
    from bioweave.errors import CorpusError

    try:
        return bool(corpus.files(name))
    except CorpusError:
        return False


def _working(what: str) -> AbstractContextManager[Any]:
    """Shows on a terminal that work is going on; elsewhere nothing, as it takes seconds."""
    from rich.console import Console

    console = Console(stderr=True)
    return console.status(what) if console.is_terminal else nullcontext()


def _print_json(value: Any) -> None:
    typer.echo(json.dumps(value, indent=2, ensure_ascii=False))


def _print_table(table: Any) -> None:
    from rich.console import Console

    Console(highlight=False).print(table)
