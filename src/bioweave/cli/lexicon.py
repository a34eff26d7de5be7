"""`bioweave lexicon`: compile terminologies, look into the result, find its names in text."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from bioweave.cli import options

app = typer.Typer(no_args_is_help=True, help="Dictionaries of names with ids: build, info, match.")

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]
File = Annotated[
    Path, typer.Argument(metavar="LEXICON", help="What `lexicon build` wrote, or 'mesh'.")
]


@app.command("build")
def build(
    sources: Annotated[
        list[str],
        typer.Argument(
            metavar="SOURCE...",
            help="A file; PROFILE=FILE; PROFILE:LABEL=FILE; PROFILE alone, to fetch it; "
            "or a build file in TOML.",
            show_default=False,
        ),
    ],
    out: Annotated[Path, typer.Option("-o", "--output", metavar="OUT", help="The compiled file.")],
    label: Annotated[
        str | None,
        typer.Option(help="The label of what stands in files without a profile."),
    ] = None,
    prefix: Annotated[
        str | None,
        typer.Option(help="What comes before ids without a prefix there, such as MESH."),
    ] = None,
    codes: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Tree numbers or semantic types by id, for files whose labels depend on them.",
        ),
    ] = None,
    hold_back: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Do not match this name in text (again for more)."),
    ] = None,
    keep: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Match this name though it looks like an everyday word."),
    ] = None,
    learn: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CORPUS",
            help="Hold back names that mostly stand unannotated in this corpus's train split.",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Compile names and ids into one file.

    PROFILE is one of mesh, mesh-supplementary, mesh-omim, ncbi-gene, ncbi-taxonomy, rxnorm, umls,
    ctd-diseases, ctd-chemicals, ctd-genes, do, mondo, chebi, cl, cellosaurus, id-pairs: it knows
    the label, the prefix of ids, the licence and, for most, an address. Files are tables with tabs
    (id, name, kind), OBO, MeSH XML, gene_info, names.dmp, RRF or CTD's, packed with gzip or not.
    """
    from bioweave.cli import lexicon_plan, lexicon_tables
    from bioweave.cli.outputs import refuse_folder
    from bioweave.cli.sources import refuse_overwriting
    from bioweave.cli.working import working
    from bioweave.lexicon.building import build_lexicon

    refuse_folder(out, "my.lexicon")
    plan = lexicon_plan.make_plan(
        sources,
        lexicon_plan.Defaults(label, prefix, codes),
        hold_back=hold_back or (),
        keep=keep or (),
        learn=learn or (),
        report=_say,
    )
    read = (path for source in plan.sources for path in (source.path, source.codes))
    refuse_overwriting((*read, *map(Path, sources)), out)
    with working(f"building {out}"):
        lexicon = build_lexicon(
            plan.sources,
            out,
            holding_back=plan.holding_back,
            learn_from=lexicon_plan.load_learned(plan.learn),
        )
    if as_json:
        _print_json(lexicon_tables.info_json(lexicon))
        return
    for table in lexicon_tables.info_tables(lexicon):
        _print_table(table)


@app.command("info")
def info(path: File, as_json: AsJson = False) -> None:
    """Sources with versions and licences, counts, what was wrong, what is held back.

    The whole file is checked against its checksums first.
    """
    from bioweave.cli import lexicon_tables
    from bioweave.cli.named_lexicon import named_lexicon
    from bioweave.lexicon import Lexicon

    lexicon = Lexicon.open(named_lexicon(path))
    lexicon.sections.verify()
    if as_json:
        _print_json(lexicon_tables.info_json(lexicon))
        return
    for table in lexicon_tables.info_tables(lexicon):
        _print_table(table)


@app.command("match")
def match(
    path: File,
    paths: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[PATH...]", help="Files, folders, or - for standard input.", show_default="-"
        ),
    ] = None,
    from_: options.From = "auto",
    to: options.To = None,
    out: options.DocumentsOut = None,
    labels: options.Labels = None,
    overlaps: Annotated[
        Literal["longest", "all"],
        typer.Option(help="For each label the longest names, none overlapping, or all names."),
    ] = "longest",
    held_back: Annotated[
        bool, typer.Option("--held-back", help="Also the names that are held back.")
    ] = False,
    as_json: options.ReportAsJson = False,
) -> None:
    """Find a lexicon's names in documents; no model.

    Mentions that documents have give way to the names found, each with the concepts that it may
    mean. Documents that fail are listed at the end, the others go on, and the exit status is 1.
    """
    from bioweave.cli.document_run import finish, run_on_documents
    from bioweave.cli.document_stream import annotate_stream
    from bioweave.cli.lexicon_matching import LexiconAnnotator
    from bioweave.cli.named_lexicon import named_lexicon
    from bioweave.lexicon import Lexicon, Matcher

    annotator = LexiconAnnotator(
        Matcher(Lexicon.open(named_lexicon(path)), held_back=held_back),
        labels=options.split_labels(labels),
        overlaps=overlaps,
    )
    report = run_on_documents(
        paths or ["-"],
        from_,
        to,
        out,
        lambda documents: annotate_stream(documents, annotator),
        also_read=[path],
    )
    finish(report, out, as_json=as_json)


def _say(line: str) -> None:
    typer.echo(line, err=True)


def _print_json(value: Any) -> None:
    typer.echo(json.dumps(value, indent=2, ensure_ascii=False))


def _print_table(table: Any) -> None:
    from rich.console import Console

    Console(highlight=False).print(table)
