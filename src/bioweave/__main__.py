"""`python -m bioweave` is `bioweave`: what launchers of several processes call."""

from bioweave.cli.entry import main

if __name__ == "__main__":
    main()
