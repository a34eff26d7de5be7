"""The `bioweave` command: every command's name, and what becomes of an error.

Modules of commands import what they need inside their functions, so that `--help` stays quick.
"""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from bioweave import __version__
from bioweave.cli import (
    ablate,
    annotate,
    benchmark,
    card,
    convert,
    corpus,
    cross_validate,
    distil,
    encoders,
    errors,
    evaluate,
    explain,
    export,
    fuse,
    keys,
    lexicon,
    link,
    mine,
    modes,
    pretrain,
    promote,
    reference,
    relate,
    report,
    rules,
    serve,
    train,
    train_linker,
    tune,
)
from bioweave.cli.status import BAD_INPUT, INTERRUPTED
from bioweave.errors import BioweaveError


class ErrorsAsOneLine(TyperGroup):
    """Turns the errors that bioweave raises on purpose into one line and an exit status.

    Anything else is a defect of ours and keeps its traceback.
    """

    def invoke(self, ctx: Any) -> Any:
        """Run the command; exit with 2 after a bad input and with 130 after Ctrl-C."""
        try:
            return super().invoke(ctx)
        except BioweaveError as error:
            _say(f"error: {error}")
            raise typer.Exit(BAD_INPUT) from error
        except OSError as error:
            if error.filename is None or isinstance(error, BrokenPipeError):
                raise
            _say(f"error: {error.filename}: {error.strerror}")
            raise typer.Exit(BAD_INPUT) from error
        except (KeyboardInterrupt, ImportError) as error:
            if not _is_interrupt(error):
                raise
            _say("interrupted: what was written stays")
            raise typer.Exit(INTERRUPTED) from error


def _is_interrupt(error: BaseException | None) -> bool:
    """Whether it came from Ctrl-C: compiled modules make an ImportError of one that meets them."""
    return error is not None and (
        isinstance(error, KeyboardInterrupt) or _is_interrupt(error.__cause__ or error.__context__)
    )


app = typer.Typer(
    name="bioweave",
    cls=ErrorsAsOneLine,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Finds diseases, chemicals and other entities in biomedical text, with exact offsets.",
    epilog="Exit status: 0 done, 1 done but some documents failed, 2 usage or bad input.",
)


def _show_version(is_wanted: bool) -> None:
    if is_wanted:
        typer.echo(f"bioweave {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    pass


def _say(message: str) -> None:
    print(message, file=sys.stderr)


_ANNOTATION = "Annotation"
_MODELS = "Models"
_DATA = "Data"

app.command("annotate", rich_help_panel=_ANNOTATION)(annotate.annotate)
app.command("convert", rich_help_panel=_ANNOTATION)(convert.convert)
app.command("explain", rich_help_panel=_ANNOTATION)(explain.explain)
app.command("link", rich_help_panel=_ANNOTATION)(link.link)
app.command("relate", rich_help_panel=_ANNOTATION)(relate.relate)
app.command("rules", rich_help_panel=_ANNOTATION)(rules.rules)
app.command("serve", rich_help_panel=_ANNOTATION)(serve.serve)
app.command("benchmark", rich_help_panel=_ANNOTATION)(benchmark.benchmark)
app.command("train", rich_help_panel=_MODELS)(train.train)
app.command("distil", rich_help_panel=_MODELS)(distil.distil)
app.command("pretrain", rich_help_panel=_MODELS)(pretrain.pretrain)
app.command("train-linker", rich_help_panel=_MODELS)(train_linker.train_linker)
app.command("evaluate", rich_help_panel=_MODELS)(evaluate.evaluate)
app.command("fuse", rich_help_panel=_MODELS)(fuse.fuse)
app.command("cross-validate", rich_help_panel=_MODELS)(cross_validate.cross_validate)
app.command("ablate", rich_help_panel=_MODELS)(ablate.ablate)
app.command("tune", rich_help_panel=_MODELS)(tune.tune)
app.command("modes", rich_help_panel=_MODELS)(modes.modes)
app.command("errors", rich_help_panel=_MODELS)(errors.errors)
app.command("card", rich_help_panel=_MODELS)(card.card)
app.command("export", rich_help_panel=_MODELS)(export.export)
app.command("report", rich_help_panel=_MODELS)(report.report)
app.command("reference", rich_help_panel=_MODELS)(reference.reference)
app.command("promote", rich_help_panel=_MODELS)(promote.promote)
app.add_typer(mine.app, name="mine", rich_help_panel=_ANNOTATION)
app.add_typer(keys.app, name="keys", rich_help_panel=_ANNOTATION)
app.add_typer(encoders.app, name="encoders", rich_help_panel=_MODELS)
app.add_typer(corpus.app, name="corpus", rich_help_panel=_DATA)
app.add_typer(lexicon.app, name="lexicon", rich_help_panel=_DATA)
