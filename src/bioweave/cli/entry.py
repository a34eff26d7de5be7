"""Where the `bioweave` command begins: it imports nothing before Ctrl-C is taken care of."""

import sys


def main() -> None:
    """Run the command. Ctrl-C while its modules are imported ends it as Ctrl-C later does."""
    try:
        from bioweave.cli.main import app

        app(prog_name="bioweave")
    except KeyboardInterrupt:
        sys.stderr.write("interrupted\n")
        raise SystemExit(130) from None  # as bioweave.cli.status has it, which is one more import
