"""Runs `bioweave` in processes that are killed, at random moments, until one comes to its end.

    python killed_commands.py SEED N_KILLS LATEST WHOLE LEFT COMMAND ...

runs the command once undisturbed, with `OUT` among its words standing for WHOLE, and then with LEFT
for `OUT`: killed `N_KILLS` times before it may end, at moments drawn from the seed, at the latest
when that share of the undisturbed run's time has gone. Prints a line of JSON: what the undisturbed
run took, when the others were killed, and every exit status. Libraries are loaded once, in the
process that all others are forked from.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
import warnings


def main(arguments: list[str]) -> None:
    """Do as the module says."""
    seed, n_kills, latest, whole, left, *command = arguments
    generator = random.Random(int(seed))
    status, seconds = run_forked(command, whole, None)
    kills, statuses = [], [status]
    for _ in range(int(n_kills)):
        moment = seconds * generator.uniform(0.02, float(latest))
        status, _ = run_forked(command, left, moment)
        kills.append(round(moment, 2))
        statuses.append(status)
    status, _ = run_forked(command, left, None)
    statuses.append(status)
    print(json.dumps({"seconds": seconds, "kills": kills, "statuses": statuses}))


def run_forked(command: list[str], out: str, moment: float | None) -> tuple[int, float]:
    """Exit status, negative for a signal, and seconds of a run that is killed at a moment."""
    started = time.monotonic()
    process = os.fork()
    if process == 0:
        run([f"{out}{word[3:]}" if is_out(word) else word for word in command])
    while True:
        done, status = os.waitpid(process, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status), time.monotonic() - started
        if moment is not None and time.monotonic() - started >= moment:
            os.kill(process, signal.SIGKILL)
            moment = None
        time.sleep(0.005)


def is_out(word: str) -> bool:
    """Whether a word stands for the folder, or for something in it."""
    return word == "OUT" or word.startswith("OUT/")


def run(command: list[str]) -> None:
    """The command, to the end of this process."""
    warnings.simplefilter("ignore")
    # What it prints is not asked for here.
    os.dup2(2, 1)
    from bioweave.cli.main import app

    status = 1
    try:
        app(command, standalone_mode=True)
    except SystemExit as ended:
        status = int(ended.code or 0)
    finally:
        os._exit(status)


if __name__ == "__main__":
    import matplotlib.figure  # noqa: F401
    import optuna.importance  # noqa: F401

    import bioweave.annotator
    import bioweave.experiments
    import bioweave.training.run  # noqa: F401

    main(sys.argv[1:])
