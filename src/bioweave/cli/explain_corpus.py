"""`bioweave explain --check` and `--global`: from options to reports over a corpus."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from bioweave.cli.extras import needs_extra

if TYPE_CHECKING:
    from bioweave.annotator import Annotator
    from bioweave.corpus import SplitName

SUMMARY = "summary.json"
# In a file or a pipe nothing has to be cut short.
_WIDTH_OF_FILES = 132


@dataclass(frozen=True, slots=True)
class CorpusOptions:
    """What both reports are told; None where nothing was said."""

    corpus: str
    with_test: bool
    methods: tuple[str, ...]
    mentions: int | None
    samples: int
    seed: int
    label: str | None
    model: str
    mode: str
    lexicon: Path | None
    out: Path | None
    as_json: bool


def check_corpus(options: CorpusOptions) -> None:
    """Put methods to the test and print what came out."""
    from bioweave.experiments.explaining import check_explanations, write_check

    name = split_name(options.corpus, "--check", with_test=options.with_test)
    annotator = _open(options)
    with _at_work_in(options.out) as progress:
        summary = check_explanations(
            annotator,
            name,
            methods=options.methods,
            mentions=options.mentions or 200,
            samples=options.samples,
            seed=options.seed,
            label=options.label,
            model=options.model,
            folder=options.out,
            progress=progress,
        )
    if summary["saw_split"]:
        _warn_of_seen(name)
    _report(summary, options, write_check)


def sum_up_corpus(options: CorpusOptions, least: int) -> None:
    """Sum up what words do, and print it."""
    from bioweave.experiments.explaining import explain_globally, write_world

    if len(options.methods) > 1:
        raise typer.BadParameter("--global weighs by one method: give --method once")
    name = split_name(options.corpus, "--global", with_test=options.with_test)
    annotator = _open(options)
    with _at_work_in(options.out) as progress:
        summary = explain_globally(
            annotator,
            name,
            method=options.methods[0] if options.methods else "occlusion",
            mentions=options.mentions,
            least=least,
            samples=options.samples,
            seed=options.seed,
            label=options.label,
            model=options.model,
            folder=options.out,
            progress=progress,
        )
    _report(summary, options, write_world)


def split_name(corpus: str, option: str, *, with_test: bool) -> SplitName:
    """What `CORPUS[:SPLIT]` names; BadParameter for a test split that was not asked for twice.

    >>> split_name("ncbi-disease", "--check", with_test=False)
    SplitName(corpus='ncbi-disease', split='dev')
    """
    from bioweave.corpus import SplitName

    name, colon, split = corpus.partition(":")
    if not name or (colon and not split):
        raise typer.BadParameter(f"{option} takes CORPUS or CORPUS:SPLIT, not {corpus!r}")
    if split == "test" and not with_test:
        raise typer.BadParameter(
            f"{option} {corpus}: what one looks at on a test split, one chooses by; use dev, or "
            "say --test as well"
        )
    if with_test and split != "test":
        raise typer.BadParameter(f"--test goes with a test split, as in {option} {name}:test")
    return SplitName(name, split or "dev")


def _open(options: CorpusOptions) -> Annotator:
    from bioweave.cli.named_lexicon import named_lexicon
    from bioweave.cli.working import working
    from bioweave.experiments import open_model

    with working("loading the model"), needs_extra("train", "explaining a run"):
        return open_model(options.model, mode=options.mode, lexicon=named_lexicon(options.lexicon))


@contextmanager
def _at_work_in(out: Path | None) -> Iterator[Callable[[int, int], None]]:
    """Shows progress, and lets no other call into the folder."""
    from contextlib import nullcontext

    from rich.console import Console

    from bioweave.cli.stage_progress import StageProgress
    from bioweave.experiments.runs.locks import alone_in

    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
    lock = alone_in(out) if out is not None else nullcontext()
    with lock, StageProgress(Console(file=sys.stderr)) as progress:
        yield lambda n_done, n_all: progress.show(n_done, n_all, "mentions explained")


def _report(
    summary: Mapping[str, Any],
    options: CorpusOptions,
    write_page: Callable[[Mapping[str, Any], Path], Path],
) -> None:
    if options.out is not None:
        from bioweave.whole_files import write_whole

        page = write_page(summary, options.out)
        write_whole(options.out / SUMMARY, f"{_json(summary)}\n".encode())
    if options.as_json:
        typer.echo(_json(summary))
        return
    from rich.console import Console

    from bioweave.cli.explain_corpus_tables import tables_of

    console = Console(highlight=False)
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console.width = _WIDTH_OF_FILES
    for part in tables_of(summary):
        console.print(part)
    if options.out is not None:
        typer.echo(page)


def _warn_of_seen(name: Sequence[str]) -> None:
    print(
        f"warning: this model learned from {' '.join(name)}: it is surer there than elsewhere",
        file=sys.stderr,
    )


def _json(summary: Mapping[str, Any]) -> str:
    return json.dumps(summary, indent=1, ensure_ascii=False, allow_nan=False)
