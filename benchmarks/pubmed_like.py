"""A set of files like PubMed's baseline, as large as wanted, the same each time.

    BIOWEAVE_CORPORA=... python benchmarks/pubmed_like.py FOLDER [--documents N] [--shards N]

The texts are those of named corpora (train splits), sentence by sentence in another order in each
copy, so that no two articles are the same. Not for publishing: corpora have licences.
"""

from __future__ import annotations

import argparse
import gzip
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

from bioweave.corpus import load
from bioweave.text import segment

CORPORA = ("ncbi-disease", "bc5cdr")
_FIRST_YEAR, _N_YEARS = 1990, 36


def write_pubmed_like(
    folder: Path, n_documents: int, n_shards: int, corpora: Sequence[str] = CORPORA
) -> None:
    """Write the files; folders of the same numbers hold the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    articles = _articles(n_documents, corpora)
    for shard in range(n_shards):
        n_in_shard = n_documents * (shard + 1) // n_shards - n_documents * shard // n_shards
        content = "\n".join(next(articles) for _ in range(n_in_shard))
        whole = f'<?xml version="1.0"?>\n<PubmedArticleSet>\n{content}\n</PubmedArticleSet>\n'
        path = folder / f"pubmed26n{shard + 1:04d}.xml.gz"
        path.write_bytes(gzip.compress(whole.encode(), 6, mtime=0))


def _articles(n_documents: int, corpora: Sequence[str]) -> Iterator[str]:
    texts = [_sentences(document.text) for name in corpora for document in load(name, "train")]
    for number in range(n_documents):
        title, *rest = texts[number % len(texts)]
        if number >= len(texts):
            random.Random(number).shuffle(rest)
        yield (
            f'<PubmedArticle><MedlineCitation><PMID Version="1">{number + 1}</PMID><Article>'
            f"<Journal><JournalIssue><PubDate><Year>{_FIRST_YEAR + number % _N_YEARS}</Year>"
            f"</PubDate></JournalIssue></Journal><ArticleTitle>{escape(title)}</ArticleTitle>"
            f"<Abstract><AbstractText>{escape(' '.join(rest))}</AbstractText></Abstract></Article>"
            f"</MedlineCitation></PubmedArticle>"
        )


def _sentences(text: str) -> list[str]:
    return [text[sentence.start : sentence.end] for sentence in segment(text)] or [text]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--documents", type=int, default=20_000)
    parser.add_argument("--shards", type=int, default=40)
    parser.add_argument("--corpus", action="append", help="may be given several times")
    options = parser.parse_args()
    write_pubmed_like(
        options.folder, options.documents, options.shards, options.corpus or list(CORPORA)
    )
