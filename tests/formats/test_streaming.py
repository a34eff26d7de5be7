"""Files are read as they are asked for, in memory that does not grow with them."""

from __future__ import annotations

import gzip
import io
import tracemalloc

import pytest

from bioweave.document import Document, Passage
from bioweave.formats import open_writer, read_documents
from bioweave.formats.source import open_source
from bioweave.formats.xml_stream import stream_elements

TITLE = "A title of some length."
TEXT = f"{TITLE} {'And an abstract of many words. ' * 60}".strip()
TITLE_AND_ABSTRACT = (
    Passage(0, len(TITLE), "title"),
    Passage(len(TITLE) + 1, len(TEXT), "abstract"),
)


def packed(format: str, n_documents: int) -> bytes:
    if format == "conll":  # segmenting this much would take long
        rows = "".join(f"{word}\tO\n" for word in TEXT.split())
        return gzip.compress(f"-DOCSTART-\tO\n\n{rows}\n".encode() * n_documents)
    stream = io.BytesIO()
    with open_writer(stream, format) as writer:
        for number in range(n_documents):
            writer.write(Document(f"PMID:{number}", TEXT, passages=TITLE_AND_ABSTRACT))
    return gzip.compress(stream.getvalue())


def peak_memory(format: str, n_documents: int) -> int:
    content = packed(format, n_documents)
    tracemalloc.start()
    n_found = sum(1 for _ in read_documents(io.BytesIO(content), format))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert n_found == n_documents
    return peak


@pytest.mark.parametrize(
    "format", ["pubmed-xml", "bioc-xml", "bioc-json", "jsonl", "csv", "pubtator", "conll"]
)
def test_memory_does_not_grow_with_the_file(format: str) -> None:
    peak_memory(format, 1)  # loads what is loaded once
    # Beyond some hundred documents the buffers are full. What lxml allocates itself is watched
    # by the next test.
    # When the collector comes by is chance: the least of three is what is needed.
    smaller, larger = (
        min(peak_memory(format, n_documents) for _ in range(3)) for n_documents in (200, 600)
    )
    assert larger < smaller + 100_000  # 400 documents more are 750 KB


@pytest.mark.parametrize("format", ["pubmed-xml", "bioc-xml"])
def test_parsed_elements_are_let_go(format: str) -> None:
    stream = io.BytesIO()
    with open_writer(stream, format) as writer:
        for number in range(500):
            writer.write(Document(f"PMID:{number}", "Some text."))
    roots, tag = {
        "pubmed-xml": (("PubmedArticleSet",), "PubmedArticle"),
        "bioc-xml": (("collection",), "document"),
    }[format]
    with open_source(io.BytesIO(stream.getvalue())) as source:
        for element in stream_elements(source, roots, (tag,)):
            assert len(list(element.itersiblings(preceding=True))) <= 1
            assert len(element) > 0


def test_a_reader_does_not_read_ahead() -> None:
    line = b'{"text": "' + b"x" * 1000 + b'"}\n'

    class Counting(io.BytesIO):
        n_read = 0

        def read(self, size: int | None = -1) -> bytes:
            data = super().read(size)
            self.n_read += len(data)
            return data

    stream = Counting(line * 1000)
    next(read_documents(stream, "jsonl"))
    assert stream.n_read < 200_000
