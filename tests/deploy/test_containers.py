"""The container's and the composition's files: of the right form, and as closed as they claim.

No container engine is needed, and none is run.
"""

from __future__ import annotations

import json
import shlex
from importlib.resources import files
from io import BytesIO
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bioweave.cli.main import app

yaml = pytest.importorskip("yaml", reason="PyYAML is not installed")
jsonschema = pytest.importorskip("jsonschema", reason="jsonschema is not installed")
pytest.importorskip("check_jsonschema", reason="check-jsonschema is not installed")
dockerfile_parse = pytest.importorskip("dockerfile_parse", reason="no parser of container files")

DEPLOY = Path(__file__).parents[2] / "deploy"
pytestmark = pytest.mark.skipif(not DEPLOY.is_dir(), reason="needs the checkout's deploy/")


@pytest.fixture(scope="module")
def composition():
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))


def test_the_composition_is_one_by_the_compose_specification(composition) -> None:
    vendored = files("check_jsonschema.builtin_schemas").joinpath("vendor/compose-spec.json")
    schema = json.loads(vendored.read_text(encoding="utf-8"))
    validator = jsonschema.validators.validator_for(schema)(schema)
    assert [error.message for error in validator.iter_errors(composition)] == []
    # The schema tells a wrong composition from a right one.
    assert list(validator.iter_errors({"services": {"a": {"read_only": [1]}}}))


SERVICES = ("bioweave", "postgres", "prometheus", "grafana")


def test_there_is_what_it_takes(composition) -> None:
    assert set(composition["services"]) == set(SERVICES)


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_is_closed_in(composition, name) -> None:
    service = composition["services"][name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"] and "cap_add" not in service
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert not {"privileged", "pid", "ipc", "devices", "network_mode", "userns_mode"} & set(service)
    assert service["healthcheck"]["test"][0] == "CMD"
    limits = service["deploy"]["resources"]["limits"]
    assert {"cpus", "memory", "pids"} <= set(limits)
    assert any(one.startswith("/tmp:") for one in service["tmpfs"])
    # On this machine alone: beyond it goes what a proxy hands on.
    assert all(port.startswith("127.0.0.1:") for port in service.get("ports", ()))
    assert name == "bioweave" or service["user"] not in ("root", "0", "0:0")
    # One known version of what is not built here.
    if name != "bioweave":
        assert service["image"].rpartition(":")[2][0] in "v0123456789"


def test_no_secret_stands_in_it(composition) -> None:
    for secret in composition["secrets"].values():
        assert secret["file"].startswith("./secrets/")
    ignored = (DEPLOY.parent / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert "/deploy/secrets/" in ignored
    for name, service in composition["services"].items():
        for variable, value in service.get("environment", {}).items():
            if any(word in variable for word in ("PASSWORD", "SECRET", "KEY", "DATABASE")):
                asked = value.removeprefix("@")
                assert asked.startswith("/run/secrets/"), (name, variable)
                assert asked.rpartition("/")[2] in service["secrets"]


def test_what_it_mounts_is_there_and_cannot_be_written(composition) -> None:
    for service in composition["services"].values():
        for volume in service["volumes"]:
            source, _, *mode = volume.split(":")
            if source.startswith("."):
                assert mode == ["ro"] and (DEPLOY / source).exists(), volume
            else:
                assert source in composition["volumes"]


def test_the_database_and_the_measurements_have_no_way_out(composition) -> None:
    networks = composition["networks"]
    inside = {name for name, one in networks.items() if one.get("internal")}
    for name in ("postgres", "prometheus"):
        service = composition["services"][name]
        assert set(service["networks"]) <= inside and "ports" not in service
    assert {one for service in composition["services"].values() for one in service["networks"]} == (
        set(networks)
    )


def options_of(command: str) -> set[str]:
    shown = CliRunner().invoke(app, [command, "--help"], terminal_width=200).stdout
    return {word for word in shown.split() if word.startswith("--")}


def test_it_starts_the_service_with_options_that_there_are(composition) -> None:
    command, *options = composition["services"]["bioweave"]["command"]
    assert command == "serve"
    assert {option.partition("=")[0] for option in options} <= options_of("serve")
    # Prometheus asks it by this name.
    assert "--allow-host=bioweave" in options
    asked = yaml.safe_load((DEPLOY / "prometheus/prometheus.yml").read_text(encoding="utf-8"))
    [scraped] = asked["scrape_configs"]
    assert scraped["static_configs"][0]["targets"] == ["bioweave:8000"]
    key = scraped["authorization"]["credentials_file"]
    assert key.rpartition("/")[2] in composition["services"]["prometheus"]["secrets"]


# The container.


@pytest.fixture(scope="module")
def stages():
    """The instructions of each stage: (name, argument) in order."""
    content = (DEPLOY / "Containerfile").read_bytes()
    parser = dockerfile_parse.DockerfileParser(fileobj=BytesIO(content))
    found: list[list[tuple[str, str]]] = []
    for one in parser.structure:
        if one["instruction"] == "FROM":
            found.append([])
        if found and one["instruction"] != "COMMENT":
            found[-1].append((one["instruction"], one["value"]))
    return found


def values(stage: list[tuple[str, str]], name: str) -> list[str]:
    return [value for instruction, value in stage if instruction == name]


def test_the_last_stage_has_no_build_tools_and_no_root(stages) -> None:
    build, last = stages
    assert values(build, "FROM")[0].endswith(" AS build")
    assert values(last, "COPY") == ["--from=build /opt/bioweave /opt/bioweave"]
    [run] = values(last, "RUN")
    assert "pip uninstall" in run and "install --directory" in run
    assert not {"apt-get", "gcc", "curl"} & set(shlex.split(run))
    [user] = values(last, "USER")
    assert user == "10001:10001"
    names = [instruction for instruction, _ in last]
    # Nothing is done as root behind it.
    assert not {"RUN", "COPY", "ADD"} & set(names[names.index("USER") :])


def test_what_starts_and_what_looks_after_it(stages) -> None:
    last = stages[-1]
    [entry], [command] = values(last, "ENTRYPOINT"), values(last, "CMD")
    assert json.loads(entry) == ["bioweave"]
    name, *options = json.loads(command)
    assert name == "serve" and set(options[::2]) <= options_of("serve")
    [health] = values(last, "HEALTHCHECK")
    probe = json.loads(health.partition("CMD ")[2])
    assert probe[:2] == ["python", "-c"]
    compile(probe[2], "probe", "exec")
    assert "/readyz" in probe[2]


def test_the_build_sees_what_it_copies_and_nothing_else(stages) -> None:
    root = DEPLOY.parent
    copied = {
        name
        for value in values(stages[0], "COPY")
        for name in value.split()[:-1]
        if not name.startswith("--")
    }
    for ignoring in (".containerignore", ".dockerignore"):
        lines = (root / ignoring).read_text(encoding="utf-8").splitlines()
        assert "*" in lines
        assert {line[1:] for line in lines if line.startswith("!")} == copied
    assert all((root / name).exists() for name in copied)
