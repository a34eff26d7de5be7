"""How fast graphs of one tagger are, and how far each strays from the first.

    python benchmarks/compare_graphs.py BUNDLE GRAPH.onnx [GRAPH.onnx ...] --corpus bc5cdr

Windows, tokenizer and heads are the bundle's. Speed is words per second of one processor's own
time, so that what else runs on the machine disturbs it little; both figures are of the graph
alone. The corpus is looked for in the folder that BIOWEAVE_CORPORA names.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from time import process_time

import numpy as np

from bioweave.bundle import Bundle, OnnxGraph
from bioweave.corpus import load
from bioweave.features.batches import bucket_windows, pad_windows
from bioweave.features.windows import Window, make_windows_of_many
from bioweave.text import segment

_PIECES_IN_BATCH = 384
_PASSES = 3


def main() -> None:
    """Print a line for each graph."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("bundle", type=Path)
    parser.add_argument("graphs", type=Path, nargs="+")
    parser.add_argument("--corpus", default="bc5cdr")
    parser.add_argument("--documents", type=int, default=25)
    options = parser.parse_args()
    bundle = Bundle.load(options.bundle)
    windows = make_corpus_windows(bundle, options.corpus, options.documents)
    expected: np.ndarray | None = None
    for path in options.graphs:
        speed, found = run(OnnxGraph(path), windows)
        expected = found if expected is None else expected
        changed = [
            found[:, columns].argmax(axis=1) != expected[:, columns].argmax(axis=1)
            for columns in bundle.chains.columns
        ]
        print(
            f"{path.name:24} {path.stat().st_size / 1e6:6.1f} MB {speed:8,.0f} words/s "
            f"worst {np.abs(found - expected).max():.3g} "
            f"rms {np.sqrt(np.square(found - expected).mean()):.3g} "
            f"tags changed {np.any(changed, axis=0).mean():.2%}",
            flush=True,
        )


def make_corpus_windows(bundle: Bundle, corpus: str, n_documents: int) -> list[Window]:
    """The windows of a corpus's first test documents."""
    documents = load(corpus, "test")[:n_documents]
    cut = make_windows_of_many(
        [(document.text, segment(document.text, document.passages)) for document in documents],
        bundle.tokenizer,
        bundle.manifest.windows,
    )
    return [window for windows in cut for window in windows]


def run(graph: OnnxGraph, windows: list[Window]) -> tuple[float, np.ndarray]:
    """Words per second of processor time, the best pass, and the emissions of all words."""
    batches = [
        (pad_windows([windows[index] for index in indices], n_pieces), indices)
        for n_pieces, indices in bucket_windows(windows, _PIECES_IN_BATCH)
    ]
    graph(batches[0][0])
    emissions: dict[int, np.ndarray] = {}
    seconds = []
    for _ in range(_PASSES):
        started = process_time()
        for inputs, indices in batches:
            emissions.update(zip(indices, graph(inputs), strict=True))
        seconds.append(process_time() - started)
    n_words = [len(window.word_pieces) for window in windows]
    rows = [emissions[index][:n] for index, n in enumerate(n_words)]
    return sum(n_words) / min(seconds), np.concatenate(rows)


if __name__ == "__main__":
    main()
