"""How soon a service is ready, and how much memory it takes: `serving.py --starts` measures it."""

from __future__ import annotations

from typing import Any

import httpx
from server_process import running_server

from bioweave.document import Document

DOCUMENTS = 200
MOST_SECONDS = 3.0
MOST_MB = 700.0


def measured_starts(
    model: str, lexicon: str | None, documents: list[Document], *, n_starts: int, is_keyed: bool
) -> dict[str, Any]:
    """Seconds to readiness and peak memory after 200 documents with links, of each start.

    A process is as quick as its quickest start, and as large as its largest.
    """
    starts = [_start(model, lexicon, documents, is_keyed=is_keyed) for _ in range(n_starts)]
    seconds = min(one["seconds"] for one in starts)
    peak = max(one["peak_mb"] for one in starts)
    return {
        "model": model,
        "lexicon": lexicon,
        "starts": starts,
        "best_seconds": seconds,
        "peak_mb": peak,
        "is_quick": seconds < MOST_SECONDS,
        "is_small": peak < MOST_MB,
    }


def _start(
    model: str, lexicon: str | None, documents: list[Document], *, is_keyed: bool
) -> dict[str, float]:
    with running_server(model, lexicon=lexicon, is_keyed=is_keyed) as server:
        ready = server.resident_bytes()
        n_concepts = 0
        with httpx.Client(base_url=server.url, headers=server.headers, timeout=120) as client:
            for document in documents[:DOCUMENTS]:
                body = {"text": document.text}
                answer = client.post("/v1/annotate", json=body, params={"link": "true"})
                answer.raise_for_status()
                n_concepts += sum(bool(one["concepts"]) for one in answer.json()["mentions"])
        return {
            "seconds": round(server.seconds, 2),
            "ready_mb": round(ready / 2**20, 1),
            "peak_mb": round(server.peak_bytes() / 2**20, 1),
            "documents": len(documents[:DOCUMENTS]),
            "linked_mentions": n_concepts,
        }
