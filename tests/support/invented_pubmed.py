"""Files as NLM distributes them, of invented articles."""

from __future__ import annotations

import gzip
from collections.abc import Iterable
from pathlib import Path

from invented_texts import invented_text


def article(pmid: int, *, version: int = 1, text: str | None = None, year: int = 2001) -> str:
    """A citation; without a text it gets a short one of its own."""
    abstract = text if text is not None else invented_text(pmid * 10 + version, 2, 10)
    return (
        f'<PubmedArticle><MedlineCitation><PMID Version="{version}">{pmid}</PMID><Article>'
        f"<Journal><JournalIssue><PubDate><Year>{year}</Year></PubDate></JournalIssue></Journal>"
        f"<ArticleTitle>Title {pmid}.</ArticleTitle>"
        f"<Abstract><AbstractText>{abstract}</AbstractText></Abstract></Article>"
        "</MedlineCitation></PubmedArticle>"
    )


def deletion(*pmids: int) -> str:
    """What an update file says of articles that are taken back."""
    numbers = "".join(f'<PMID Version="1">{pmid}</PMID>' for pmid in pmids)
    return f"<DeleteCitation>{numbers}</DeleteCitation>"


def write_pubmed(path: Path, elements: Iterable[str]) -> Path:
    """An article set, packed where its name says so."""
    content = "\n".join(elements)
    whole = f'<?xml version="1.0"?>\n<PubmedArticleSet>\n{content}\n</PubmedArticleSet>\n'.encode()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(whole, mtime=0) if path.suffix == ".gz" else whole)
    return path


def write_baseline(folder: Path, n_files: int, n_articles: int) -> Path:
    """So many files of so many articles each, numbered as NLM does."""
    for number in range(n_files):
        first = 1 + number * n_articles
        pmids = range(first, first + n_articles)
        years = (1990 + pmid % 30 for pmid in pmids)
        write_pubmed(
            folder / f"pubmed26n{number + 1:04d}.xml.gz",
            [article(pmid, year=year) for pmid, year in zip(pmids, years, strict=True)],
        )
    return folder
