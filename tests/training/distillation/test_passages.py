"""Which lines of a text are chosen for labelling."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from bioweave.document import Document, Mention
from bioweave.errors import ConfigurationError
from bioweave.training.distillation.passages import choose_passages, words_of_mentions

TEXT = "Fluvaxime cured cervid fever. Fluvaxime and fever were common; common colds were not."
MENTIONS = (
    Mention(0, 9, "Fluvaxime", "Chemical"),
    Mention(16, 28, "cervid fever", "Disease"),
    Mention(30, 39, "Fluvaxime", "Chemical"),
    Mention(44, 49, "fever", "Disease"),
)
GOLD = [Document("a", TEXT, MENTIONS)]
RICH = "Patients with fever took fluvaxime again, and fever fell under fluvaxime. " * 4
POOR = "The methods of the survey were those of earlier surveys, as described elsewhere. " * 4


def _write(path: Path, lines: list[str]) -> Path:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_words_that_mostly_stand_in_mentions() -> None:
    # "cervid" stands there once only, "common" never.
    assert words_of_mentions(GOLD) == {"fluvaxime", "fever"}


def test_rich_passages_come_first_and_some_poor_ones_with_them(tmp_path: Path) -> None:
    lines = [f"{RICH if number % 2 else POOR} {number}" for number in range(600)]
    chosen = choose_passages(_write(tmp_path / "text.txt", lines), 200, GOLD)
    n_rich = sum("fluvaxime" in document.text for document in chosen)
    assert 150 < n_rich < 195
    numbers = [int(document.id.removeprefix("text:")) for document in chosen]
    assert numbers == sorted(set(numbers))
    assert all(lines[n - 1].strip() == d.text for n, d in zip(numbers, chosen, strict=True))


def test_the_choice_follows_from_the_seed(tmp_path: Path) -> None:
    path = _write(tmp_path / "text.txt", [f"{RICH} {number}" for number in range(50)])
    first, again = (choose_passages(path, 10, GOLD, seed=1) for _ in range(2))
    assert first == again != choose_passages(path, 10, GOLD, seed=2)


def test_short_and_endless_lines_are_passed_over(tmp_path: Path) -> None:
    lines = ["fever fluvaxime", RICH, "fever " * 2_000]
    (only,) = choose_passages(_write(tmp_path / "text.txt", lines), 1, GOLD)
    assert only.text == RICH.strip()


def test_compressed_text_is_read_and_too_little_of_it_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "text.txt.gz"
    path.write_bytes(gzip.compress(f"{RICH}\n".encode()))
    assert len(choose_passages(path, 1, GOLD)) == 1
    with pytest.raises(ConfigurationError, match="only 1 passages"):
        choose_passages(path, 2, GOLD)
