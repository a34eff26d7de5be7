"""What `benchmark` annotates: the examples, a named corpus, or the user's own files."""

from __future__ import annotations

from itertools import cycle, islice
from pathlib import Path

from bioweave.document import Document
from bioweave.errors import ConfigurationError

EXAMPLES = "examples"
_CHARACTERS = 600_000  # some 100,000 words: seconds of work even for two fast processors


def benchmark_documents(corpus: str | None) -> list[Document]:
    """The documents, bare of mentions; a few are repeated until they are work for seconds.

    Raises CorpusError and FormatError where they cannot be read.
    """
    found = [
        Document(document.id, document.text, passages=document.passages)
        for document in _read(corpus)
    ]
    n_characters = sum(len(document.text) for document in found)
    if n_characters == 0:
        raise ConfigurationError(f"{corpus or EXAMPLES}: there is no text to annotate")
    n_documents = max(len(found), -(-_CHARACTERS * len(found) // n_characters))
    return list(islice(cycle(found), n_documents))


def _read(corpus: str | None) -> list[Document]:
    from bioweave.corpus import corpus_names, load
    from bioweave.formats import discover, read_documents

    if corpus in corpus_names():
        return load(str(corpus), "test")
    path = _examples() if corpus is None else Path(corpus)
    if not path.exists():
        raise ConfigurationError(
            f"{corpus!r} is neither a file or folder nor a corpus, which are "
            f"{', '.join(corpus_names())}"
        )
    return [
        document
        for file, detected in discover([path])
        if file.name != "README.md"
        for document in read_documents(file, detected)
    ]


def _examples() -> Path:
    """The examples of the checkout that this package lies in or that is the working folder."""
    for folder in (Path(__file__).parents[3], Path.cwd()):
        if (folder / EXAMPLES).is_dir():
            return folder / EXAMPLES
    raise ConfigurationError(
        "the examples are in bioweave's repository, which this is not: give --corpus PATH"
    )
