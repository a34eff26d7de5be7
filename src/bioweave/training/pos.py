"""Trains the part-of-speech tagger that comes with the package.

    python -m bioweave.training.pos FOLDER [--test]

reads genia-pos from the folder that BIOWEAVE_CORPORA names. It takes two minutes of one idle core.
"""

from __future__ import annotations

import argparse
import math
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional as F

from bioweave.corpus import load_pos
from bioweave.features.pos import PosModel, PosTagger, known_rows
from bioweave.features.pos_features import feature_hashes
from bioweave.model.pos import PosNetwork, PosNetworkSettings
from bioweave.model.pos_export import export_pos_network
from bioweave.training.pos_data import TaggedSentence, as_words, genia_tokens


@dataclass(frozen=True, slots=True)
class PosTraining:
    """How the tagger is trained; chosen on devel."""

    network: PosNetworkSettings = field(default_factory=PosNetworkSettings)
    epochs: int = 6
    batch_words: int = 2000
    learning_rate: float = 3e-3
    warm_up: int = 100  # steps
    weight_decay: float = 0.01
    label_smoothing: float = 0.05
    gradient_clip: float = 1.0
    min_count: int = 3  # a feature seen less often counts as unknown
    seed: int = 0


def train_pos(
    sentences: Sequence[TaggedSentence],
    settings: PosTraining = PosTraining(),
    *,
    report: Callable[[str], None] = print,
) -> tuple[PosModel, PosNetwork]:
    """A tagger that learned from GENIA's tokens and from the same text in bioweave's words.

    The network is what the model's graph was made from. `report` is told each epoch's mean loss.
    """
    both = [*sentences, *as_words(sentences)]
    data = _Data(both, settings.min_count)
    torch.manual_seed(settings.seed)
    network = PosNetwork(len(data.known) + 1, len(data.tags), settings.network)
    optimiser = torch.optim.AdamW(
        network.parameters(), lr=settings.learning_rate, weight_decay=settings.weight_decay
    )
    n_steps = max(settings.epochs * sum(map(len, both)) // settings.batch_words, 1)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: _rate(step, settings.warm_up, n_steps)
    )
    generator = np.random.default_rng(settings.seed)
    network.train()
    for epoch in range(settings.epochs):
        losses = []
        for rows, is_word, tags in data.batches(
            settings.batch_words, generator.permutation(len(both))
        ):
            loss = F.cross_entropy(
                network(rows, is_word), tags, label_smoothing=settings.label_smoothing
            )
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), settings.gradient_clip)
            optimiser.step()
            schedule.step()
            losses.append(loss.item())
        report(f"epoch {epoch + 1} of {settings.epochs}: loss {np.mean(losses):.4f}")
    network.eval()
    return _packed(network, data, settings), network


def accuracy(tagger: PosTagger, sentences: Sequence[TaggedSentence]) -> float:
    """The share of words that get their tag."""
    found = tagger.tag([[word for word, _ in sentence] for sentence in sentences])
    pairs = [
        (tag, guess)
        for sentence, guesses in zip(sentences, found, strict=True)
        for (_, tag), guess in zip(sentence, guesses, strict=True)
    ]
    return sum(tag == guess for tag, guess in pairs) / len(pairs)


def measure(tagger: PosTagger, split: str, folder: Path | None = None) -> dict[str, float]:
    """Accuracy on a split of genia-pos, rounded, in three views of it.

    `tokens` is the published view: GENIA's own tokens, with MEDLINE's field marks among them.
    """
    plain: list[TaggedSentence] = [*load_pos(split, folder)]
    views: dict[str, list[TaggedSentence]] = {
        "tokens": genia_tokens(split, folder),
        "tokens without field marks": plain,
        "words without field marks": list(as_words(plain)),
    }
    return {view: round(accuracy(tagger, sentences), 5) for view, sentences in views.items()}


def _rate(step: int, warm_up: int, n_steps: int) -> float:
    """Up in a line, then down in half a cosine; 1 is the full learning rate."""
    return min(1.0, (step + 1) / warm_up) * (1 + math.cos(math.pi * min(step / n_steps, 1))) / 2


class _Data:
    """Sentences as feature rows and tag indices."""

    def __init__(self, sentences: Sequence[TaggedSentence], min_count: int) -> None:
        words = {word: 0 for sentence in sentences for word, _ in sentence}
        words = {word: place for place, word in enumerate(words)}
        self.tags = tuple(sorted({tag for sentence in sentences for _, tag in sentence}))
        tag_places = {tag: place for place, tag in enumerate(self.tags)}
        self._sentences = [
            np.array([(words[word], tag_places[tag]) for word, tag in sentence])
            for sentence in sentences
        ]
        hashes = feature_hashes(list(words))
        counts = np.bincount(np.concatenate(self._sentences)[:, 0], minlength=len(words))
        self.known = _frequent(hashes, counts, min_count)
        self._rows = known_rows(hashes, self.known)

    def batches(
        self, n_words: int, order: npt.NDArray[np.int64]
    ) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
        """Rows [words, features], is_word [words] and tags [words] of about `n_words` each."""
        batch: list[npt.NDArray[np.int64]] = []
        size = 0
        for position, place in enumerate(order):
            # Padding between sentences: no word, and a tag that the loss passes over.
            batch += [self._sentences[place], np.array([[-1, -100]])]
            size += len(self._sentences[place])
            if size >= n_words or position == len(order) - 1:
                words, tags = np.concatenate(batch).T
                rows = np.where(words[:, None] >= 0, self._rows[words], 0)
                yield torch.from_numpy(rows), torch.from_numpy(words >= 0), torch.from_numpy(tags)
                batch, size = [], 0


def _frequent(
    hashes: npt.NDArray[np.uint32], counts: npt.NDArray[np.int64], min_count: int
) -> npt.NDArray[np.uint32]:
    """The features, sorted, that stand `min_count` times in the text."""
    features, places = np.unique(hashes, return_inverse=True)
    totals = np.bincount(places.ravel(), weights=np.repeat(counts, hashes.shape[1]))
    return features[totals >= min_count]


def _packed(network: PosNetwork, data: _Data, settings: PosTraining) -> PosModel:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "graph.onnx"
        export_pos_network(network, path)
        graph = path.read_bytes()
    notes = {
        "trained on": "genia-pos, train: the GENIA corpus's parts of speech",
        "source": "GENIA project; Tateisi and Tsujii, 2004; CC-BY-4.0 as packaged",
        "settings": asdict(settings),
    }
    return PosModel(data.tags, settings.network.n_layers, data.known, graph, notes)


def main() -> None:
    """Train on genia-pos, measure on devel (and on test, if told so) and write the tagger."""
    parser = argparse.ArgumentParser(prog="python -m bioweave.training.pos", description=__doc__)
    parser.add_argument("folder", type=Path, help="where to write the tagger")
    parser.add_argument("--test", action="store_true", help="measure on the test split, too")
    options = parser.parse_args()
    torch.set_num_threads(1)
    model, _ = train_pos(genia_tokens("train"))
    tagger = PosTagger(model)
    splits = ("dev", "test") if options.test else ("dev",)
    figures = {split: measure(tagger, split) for split in splits}
    print(figures)
    PosModel(
        model.tags, model.reach, model.known, model.graph, {**model.notes, "accuracy": figures}
    ).save(options.folder)


if __name__ == "__main__":
    main()
