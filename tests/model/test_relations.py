from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from invented_relations import concept_document, mention_document
from tiny_encoders import write_tiny_encoder
from torch.nn import functional as F

from bioweave.errors import ConfigurationError
from bioweave.model.encoder import Encoder, load_encoder
from bioweave.model.relations import (
    RelationModelSettings,
    RelationTagger,
    add_markers,
    build_relation_tagger,
    pool_windows,
)
from bioweave.relating import Markers, PairCutter, RelationTask, RelationWindows
from bioweave.relating.batches import pad_marked
from bioweave.relating.scoring import pooled
from bioweave.relating.settings import marked_labels
from bioweave.relating.windows import MarkedWindow
from bioweave.training.relating.network import TrainableRelations

TASKS = (
    RelationTask("genes", ("UP", "DOWN"), "Chemical", "Gene"),
    RelationTask("diseases", ("INDUCES",), "Chemical", "Disease", "concepts"),
)


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> Encoder:
    texts = [make(n).text for make in (mention_document, concept_document) for n in range(20)]
    return load_encoder(write_tiny_encoder(tmp_path_factory.mktemp("encoder"), texts))


@pytest.fixture(scope="module")
def parts(encoder: Encoder) -> tuple[RelationTagger, list[MarkedWindow]]:
    """A tagger and some windows for it."""
    torch.manual_seed(0)
    labels = marked_labels(TASKS)
    markers = Markers(labels, add_markers(encoder, 4 * len(labels)))
    tagger = build_relation_tagger(RelationModelSettings(hidden=16), encoder, 3).eval()
    cutter = PairCutter(TASKS, encoder.tokenizer, markers, RelationWindows(96))
    windows = [
        window
        for make in (mention_document, concept_document)
        for number in range(3)
        for one in cutter.cut(0, cutter.segmented(make(number)))
        for window in one.windows
    ]
    return tagger, windows


def scores(tagger: RelationTagger, windows: list[MarkedWindow], **options: object) -> torch.Tensor:
    inputs = pad_marked(windows, **options)  # type: ignore[arg-type]
    with torch.inference_mode():
        found: torch.Tensor = tagger(**{k: torch.from_numpy(v) for k, v in inputs.items()})
    return found


def test_a_window_s_scores_depend_on_itself_alone(
    parts: tuple[RelationTagger, list[MarkedWindow]],
) -> None:
    tagger, windows = parts
    together = scores(tagger, windows)
    assert together.shape == (len(windows), 3)
    for row, window in enumerate(windows):
        assert torch.allclose(together[row], scores(tagger, [window])[0], atol=1e-5)
        wider = scores(tagger, [window], shape=(len(window.piece_ids) + 9, 24))
        assert torch.allclose(together[row], wider[0], atol=1e-5)


def test_which_mentions_are_asked_about_matters(
    parts: tuple[RelationTagger, list[MarkedWindow]],
) -> None:
    tagger, windows = parts
    rows = scores(tagger, windows)
    assert len({tuple(row.tolist()) for row in rows.round(decimals=5)}) > len(windows) // 2


def test_windows_are_pooled_as_without_torch() -> None:
    draw = np.random.default_rng(0)
    rows = draw.normal(0.0, 20.0, size=(7, 3)).astype(np.float32)
    pair_of = np.array([0, 2, 2, 1, 2, 0, 1])
    found = pool_windows(torch.from_numpy(rows), torch.from_numpy(pair_of), 3).numpy()
    expected = [pooled(rows[pair_of == pair]) for pair in range(3)]
    assert np.allclose(found, expected, atol=1e-4)


def test_pooling_has_the_gradient_of_a_softmax() -> None:
    rows = torch.tensor([[1.0], [3.0], [-2.0]], requires_grad=True)
    pool_windows(rows, torch.tensor([0, 0, 1]), 2).sum().backward()
    weights = F.softmax(torch.tensor([1.0, 3.0]), dim=0)
    assert rows.grad is not None
    assert torch.allclose(rows.grad[:, 0], torch.cat([weights, torch.ones(1)]), atol=1e-6)


def test_the_loss_is_that_of_the_labels_that_are_asked(
    parts: tuple[RelationTagger, list[MarkedWindow]],
) -> None:
    tagger, windows = parts
    inputs = {k: torch.from_numpy(v) for k, v in pad_marked(windows[:2]).items()}
    is_gold = torch.tensor([[True, False, False], [False, False, True]])
    asked = torch.tensor([[True, True, False], [False, False, True]])
    shifts = -torch.tensor([1.0, 0.5]).log()
    loss = TrainableRelations(tagger).eval()(
        pair_of=torch.tensor([0, 1]), is_gold=is_gold, asked=asked, shifts=shifts, **inputs
    )["loss"]
    # Of the second pair's kind half are drawn: its odds are twice as high.
    p = torch.sigmoid(tagger(**inputs).double() + torch.tensor([[0.0], [np.log(2.0)]]))
    expected = -(p[0, 0].log() + (1 - p[0, 1]).log() + p[1, 2].log()) / 2
    assert loss.item() == pytest.approx(expected.item(), abs=1e-5)


def test_padding_gives_no_gradient_that_is_no_number(
    parts: tuple[RelationTagger, list[MarkedWindow]],
) -> None:
    tagger, windows = parts
    inputs = {k: torch.from_numpy(v) for k, v in pad_marked(windows).items()}
    tagger(**inputs).sum().backward()
    assert all(
        torch.isfinite(one.grad).all() for one in tagger.parameters() if one.grad is not None
    )
    tagger.zero_grad()


def test_markers_are_new_rows_and_old_ones_stay(tmp_path: Path) -> None:
    encoder = load_encoder(write_tiny_encoder(tmp_path, ["Zinc hurts."]))
    before = encoder.module.model.get_input_embeddings().weight.detach().clone()
    first = add_markers(encoder, 8)
    after = encoder.module.model.get_input_embeddings().weight.detach()
    assert first == len(before) and len(after) == first + 8
    assert torch.equal(after[:first], before)
    assert encoder.module.model.config.vocab_size == first + 8


def test_some_labels_of_a_tagger(parts: tuple[RelationTagger, list[MarkedWindow]]) -> None:
    tagger, windows = parts
    two = tagger.with_labels([2, 0])
    assert torch.equal(scores(two, windows), scores(tagger, windows)[:, [2, 0]])
    assert scores(tagger, windows).shape[1] == 3


def test_settings_out_of_range_are_refused() -> None:
    with pytest.raises(ConfigurationError, match="hidden is 0"):
        RelationModelSettings(hidden=0)
    with pytest.raises(ConfigurationError, match="dropout is 1"):
        RelationModelSettings(dropout=1.0)
