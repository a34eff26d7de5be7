"""How fast a lexicon opens, finds its names in text and looks them up, and in how much memory.

    python benchmarks/lexicon_speed.py LEXICON [TEXT] --megabytes 12

TEXT has a passage in each line, packed with xz or not; else `abstracts.txt.xz` in the folder
that BIOWEAVE_CORPORA names. Seconds are of the processor time of this process, so that what runs
beside it disturbs them little, and one core does all the work. The first pass includes what
is kept for words once they have been seen; in the second pass all of that is there.
"""

from __future__ import annotations

import argparse
import lzma
import resource
from pathlib import Path
from time import perf_counter, process_time

import numpy as np

from bioweave.corpus import corpora_folder
from bioweave.lexicon import Lexicon, Matcher

_N_LOOKUPS = 20_000
_MEGABYTE = 1_000_000


def main() -> None:
    """Print a line for each figure."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("lexicon", type=Path)
    parser.add_argument("text", type=Path, nargs="?")
    parser.add_argument("--megabytes", type=float, default=12.0)
    options = parser.parse_args()
    text = options.text or corpora_folder() / "abstracts.txt.xz"
    passages = read_passages(text, int(options.megabytes * _MEGABYTE))
    size = sum(len(passage.encode()) for passage in passages) / _MEGABYTE
    before = peak_megabytes()

    wall, processor = perf_counter(), process_time()
    lexicon = Lexicon.open(options.lexicon)
    matcher = Matcher(lexicon)
    print(
        f"open: {perf_counter() - wall:.2f} s by the clock, {process_time() - processor:.2f} s of "
        f"the processor; {lexicon.n_names:,} names, {lexicon.sections.size / _MEGABYTE:.0f} MB"
    )
    for name in ("first pass", "second pass"):
        seconds, n_found = run(matcher, passages)
        print(f"{name}: {size / seconds:.2f} MB/s, {n_found / size:,.0f} names in each MB")
    print(f"memory: peak {peak_megabytes():.0f} MB, of which {before:.0f} MB before opening")
    print(f"lookup: {lookups_per_second(lexicon):,.0f} names/s")


def read_passages(path: Path, n_bytes: int) -> list[str]:
    """The first lines of a text, about so many bytes of them."""
    with lzma.open(path) if path.suffix == ".xz" else path.open("rb") as file:
        return file.read(n_bytes).decode("utf-8", errors="ignore").split("\n")


def run(matcher: Matcher, passages: list[str]) -> tuple[float, int]:
    """Seconds of the processor, and how many names were found."""
    started = process_time()
    n_found = sum(len(matcher.find(passage)) for passage in passages)
    return process_time() - started, n_found


def lookups_per_second(lexicon: Lexicon) -> float:
    """Names of the lexicon itself, in no order, each normalised and looked up."""
    places = np.random.default_rng(13).integers(0, lexicon.n_names, _N_LOOKUPS).tolist()
    names = [lexicon.name_texts[place] for place in places]
    started = process_time()
    for name in names:
        lexicon.find(name)
    return _N_LOOKUPS / (process_time() - started)


def peak_megabytes() -> float:
    """The most memory that this process has held so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / _MEGABYTE


if __name__ == "__main__":
    main()
