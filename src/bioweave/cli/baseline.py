"""What bioweave is held against: a transformers pipeline with an encoder of BERT's size.

It runs in a process of its own (`python -m bioweave.cli.baseline`, JSON in and out), so that
PyTorch's memory and threads do not get into the bundle's figures.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

from bioweave.cli.extras import needs_extra
from bioweave.cli.speed import count_words
from bioweave.document import Document
from bioweave.errors import BioweaveError

NAME = "transformers pipeline, BERT-base, fp32"
BATCH_SIZES = (1, 8)
_WORDS = 6000  # at some hundreds of words a second: seconds for each batch size


def measure_baseline(
    documents: Sequence[Document], model: str, threads: int | None
) -> dict[str, Any]:
    """The pipeline's words a second on the first documents, at its best batch size.

    Raises MissingExtraError without the extra `train`.
    """
    with needs_extra("train", "the baseline"):
        import torch  # noqa: F401
        import transformers  # noqa: F401
    from bioweave.annotator.processors import available_processors
    from bioweave.bundle import find_bundle

    sample = _sample(documents)
    task = {
        "texts": [document.text for document in sample],
        "threads": threads or available_processors(),
        "tokenizer": str(find_bundle(model) / "tokenizer.json"),
    }
    done = subprocess.run(
        [sys.executable, "-m", "bioweave.cli.baseline"],
        input=json.dumps(task),
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "HF_HUB_OFFLINE": "1"},
    )
    if done.returncode:
        raise BioweaveError(f"the baseline failed:\n{done.stderr}")
    answer = json.loads(done.stdout.splitlines()[-1])
    n_words = count_words(sample)
    speeds = {size: n_words / seconds for size, seconds in answer["seconds"].items()}
    batch_size = max(speeds, key=lambda size: speeds[size])
    return {
        "name": NAME,
        "encoder": answer["encoder"],
        "batch_size": int(batch_size),
        "documents": len(sample),
        "words": n_words,
        "words_per_second": speeds[batch_size],
    }


def _sample(documents: Sequence[Document]) -> list[Document]:
    sample: list[Document] = []
    n_words = 0
    for document in documents:
        sample.append(document)
        n_words += count_words([document])
        if n_words >= _WORDS:
            break
    return sample


def run_pipeline(task: dict[str, Any]) -> dict[str, Any]:
    """Seconds by batch size, the best of two passes after a warm-up."""
    import torch
    from transformers import pipeline

    torch.set_num_threads(task["threads"])
    model, tokenizer, encoder = _base_size_model(Path(task["tokenizer"]))
    annotate = pipeline(
        "token-classification", model=model, tokenizer=tokenizer, aggregation_strategy="simple"
    )
    texts = task["texts"]
    annotate(texts[:2])
    seconds = {}
    for batch_size in BATCH_SIZES:
        passes = []
        for _ in range(2):
            started = perf_counter()
            annotate(texts, batch_size=batch_size)
            passes.append(perf_counter() - started)
        seconds[batch_size] = min(passes)
    return {"seconds": seconds, "encoder": encoder}


def _base_size_model(tokenizer_path: Path) -> tuple[Any, Any, str]:
    """MPNet from the cache, else a BERT with random weights; speed does not depend on them."""
    import torch
    from transformers import (
        AutoModelForTokenClassification,
        AutoTokenizer,
        BertConfig,
        BertForTokenClassification,
        PreTrainedTokenizerFast,
    )

    from bioweave.model.encoders import encoder_folder, is_fetched

    tags = {0: "O", 1: "B-Disease", 2: "I-Disease"}
    numbers = {tag: number for number, tag in tags.items()}
    if is_fetched("mpnet"):
        folder, name = encoder_folder("mpnet"), "mpnet"
        model = AutoModelForTokenClassification.from_pretrained(
            folder, id2label=tags, label2id=numbers
        )
        tokenizer = AutoTokenizer.from_pretrained(folder)
    else:
        name = "random weights"
        tokenizer = PreTrainedTokenizerFast(
            tokenizer_file=str(tokenizer_path), pad_token="[PAD]", unk_token="[UNK]"
        )
        config = BertConfig(vocab_size=max(30522, len(tokenizer)), id2label=tags, label2id=numbers)
        model = BertForTokenClassification(config)
    # As after training: nearly every piece is O, so that few mentions are put together.
    with torch.no_grad():
        model.classifier.bias[0] = 10.0
    tokenizer.model_max_length = 512
    return model.eval(), tokenizer, name


if __name__ == "__main__":
    print(json.dumps(run_pipeline(json.load(sys.stdin))))
