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
    learn_markers_alone,
    merge_markers,
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


def test_what_does_not_fit_into_memory_at_once_is_learned_all_the_same(
    parts: tuple[RelationTagger, list[MarkedWindow]], monkeypatch: pytest.MonkeyPatch
) -> None:
    tagger, windows = parts
    windows = sorted(windows, key=lambda one: len(one.piece_ids))
    batch = {k: torch.from_numpy(v) for k, v in pad_marked(windows).items()}
    n = len(windows)
    batch["pair_of"] = torch.arange(n) // 2
    n_pairs = int(batch["pair_of"][-1]) + 1
    batch["is_gold"] = torch.arange(n_pairs * 3).reshape(n_pairs, 3) % 2 == 0
    batch["asked"] = torch.ones_like(batch["is_gold"])
    batch["shifts"] = torch.zeros(n_pairs)
    largest = 0
    encode = tagger.encoder.forward

    def counted(piece_ids: torch.Tensor, *others: torch.Tensor) -> torch.Tensor:
        nonlocal largest
        largest = max(largest, piece_ids.numel())
        return encode(piece_ids, *others)

    monkeypatch.setattr(tagger.encoder, "forward", counted)
    network = TrainableRelations(tagger).eval()

    def learned() -> tuple[float, list[torch.Tensor]]:
        tagger.zero_grad()
        loss = network(**batch)["loss"]
        loss.backward()
        return loss.item(), [
            one.grad.clone() for one in tagger.parameters() if one.grad is not None
        ]

    whole = learned()
    monkeypatch.setattr("bioweave.training.relating.network.MOST_PIECES", 64)
    largest = 0
    in_parts = learned()
    assert largest <= 64 < batch["piece_ids"].numel()
    assert in_parts[0] == pytest.approx(whole[0], rel=1e-5)
    for one, other in zip(in_parts[1], whole[1], strict=True):
        assert torch.allclose(one, other, atol=1e-5)
    tagger.zero_grad()


def test_markers_are_new_rows_and_old_ones_stay(tmp_path: Path) -> None:
    encoder = load_encoder(write_tiny_encoder(tmp_path, ["Zinc hurts."]))
    before = encoder.module.model.get_input_embeddings().weight.detach().clone()
    first = add_markers(encoder, 8)
    after = encoder.module.model.get_input_embeddings().weight.detach()
    assert first == len(before) and len(after) == first + 8
    assert torch.equal(after[:first], before)
    assert encoder.module.model.config.vocab_size == first + 8


def test_of_a_frozen_encoder_the_markers_are_learned_and_nothing_else(tmp_path: Path) -> None:
    encoder = load_encoder(write_tiny_encoder(tmp_path, ["Zinc hurts."]))
    first = add_markers(encoder, 8)
    tagger = build_relation_tagger(RelationModelSettings(hidden=16), encoder, 3)
    before = {name: value.clone() for name, value in tagger.state_dict().items()}
    learn_markers_alone(tagger.encoder, first)
    learned = [one for one in tagger.encoder.parameters() if one.requires_grad]
    assert [len(one) for one in learned] == [8]
    optimiser = torch.optim.AdamW(learned, lr=0.1, weight_decay=0.1)
    ids = torch.tensor([[1, first, 2, first + 3]])
    tagger.encoder(ids, torch.ones_like(ids)).pow(2).sum().backward()
    optimiser.step()
    merge_markers(tagger.encoder)
    after = tagger.state_dict()
    assert after.keys() == before.keys()
    [table] = [name for name in after if after[name].shape[0] == first + 8]
    assert torch.equal(after[table][:first], before[table][:first])
    assert not torch.allclose(after[table][first:], before[table][first:])
    assert all(torch.equal(after[name], before[name]) for name in after if name != table)


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
