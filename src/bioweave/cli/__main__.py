"""`python -m bioweave.cli` is `bioweave`."""

from bioweave.cli.main import app

if __name__ == "__main__":
    app(prog_name="bioweave")
