"""`python -m bioweave.cli` is `bioweave`."""

from bioweave.cli.entry import main

if __name__ == "__main__":
    main()
