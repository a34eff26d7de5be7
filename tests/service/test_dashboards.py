"""Prometheus' rules and Grafana's dashboard against the metrics of a running service."""

import json
import re
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families

from bioweave.service import ServiceSettings, create_application
from bioweave.service.settings import MonitoringSettings

yaml = pytest.importorskip("yaml", reason="PyYAML is not installed")
promql_parser = pytest.importorskip("promql_parser", reason="promql-parser is not installed")

DEPLOY = Path(__file__).parents[2] / "deploy"
pytestmark = pytest.mark.skipif(not DEPLOY.is_dir(), reason="needs the checkout's deploy/")

# Prometheus' own, and what rules record.
OTHERS = {"up": {"job", "instance"}}
SCRAPED = {"job", "instance"}


def rules() -> list[dict]:
    content = yaml.safe_load((DEPLOY / "prometheus/rules.yml").read_text())
    return [rule for group in content["groups"] for rule in group["rules"]]


def dashboard() -> dict:
    return json.loads((DEPLOY / "grafana/dashboards/bioweave.json").read_text())


def expressions() -> dict[str, str]:
    """By where they stand; Grafana's variables have a value."""
    found = {rule.get("alert") or rule["record"]: rule["expr"] for rule in rules()}
    shown = dashboard()
    for panel in shown["panels"]:
        for target in panel.get("targets", ()):
            found[f"{panel['id']} {panel['title']} {target['refId']}"] = target["expr"]
    for annotation in shown["annotations"]["list"]:
        found[annotation["name"]] = annotation["expr"]
    values = {"$__rate_interval": "5m", "$job": ".+", "$model": ".+"}
    for place, expression in found.items():
        for name, value in values.items():
            expression = expression.replace(name, value)
        found[place] = expression
    return found


@pytest.fixture(scope="module")
def metrics(tmp_path_factory) -> dict[str, set[str]]:
    """The names of all series of a service that did a little of everything, with their labels."""
    settings = ServiceSettings(
        data=tmp_path_factory.mktemp("data"),
        hosts=("testserver",),
        monitoring=MonitoringSettings(seconds=0.1, least_documents=1),
    )
    with TestClient(create_application(settings)) as client:
        found = client.post("/v1/annotate", json={"text": "Aspirin for gout."}).json()
        [model] = client.get("/v1/models").json()["models"]
        feedback = {
            "document": {"text": found["text"]},
            "model": model["name"],
            "fingerprint": model["fingerprint"],
            "found": found["mentions"],
            "correct": found["mentions"],
        }
        assert client.post("/v1/feedback", json=feedback).status_code == 201
        client.app.state.service.monitor.evaluate()
        exposition = client.get("/metrics").text
    seen: dict[str, set[str]] = {}
    for family in text_string_to_metric_families(exposition):
        seen.setdefault(family.name, set())
        for sample in family.samples:
            seen.setdefault(sample.name, set()).update(sample.labels)
            seen[family.name].update(sample.labels)
    return seen


def selectors(expression: str) -> list[tuple[str, set[str]]]:
    """Metrics that an expression asks for, with the labels they are chosen by."""
    found = []

    def walk(node) -> None:
        if isinstance(node, promql_parser.MatrixSelector):
            node = node.vector_selector
        if isinstance(node, promql_parser.VectorSelector):
            matchers = {one.name for one in node.matchers.matchers}
            found.append((node.name, matchers - {"__name__"}))
            return
        for name in ("expr", "lhs", "rhs", "args", "param"):
            inner = getattr(node, name, None)
            for one in inner if isinstance(inner, list) else [inner]:
                if one is not None and not isinstance(one, str | float | int):
                    walk(one)

    walk(promql_parser.parse(expression))
    return found


@pytest.mark.parametrize("place", expressions())
def test_every_expression_asks_for_what_there_is(place, metrics) -> None:
    known = {**metrics, **OTHERS}
    recorded = {rule["record"]: rule["expr"] for rule in rules() if "record" in rule}
    for name, labels in (asked := selectors(expressions()[place])):
        if name in recorded:
            grouped = re.search(r"sum by \((.*?)\)", recorded[name])[1]
            allowed = {label.strip() for label in grouped.split(",")} - {"le"}
        else:
            assert name in known, f"{place}: no metric {name}"
            allowed = known[name]
        assert labels <= allowed | SCRAPED, f"{place}: {name} has no {labels - allowed}"
    assert asked


def test_alerts_say_what_to_do() -> None:
    alerts = [rule for rule in rules() if "alert" in rule]
    assert len({rule["alert"] for rule in alerts}) == len(alerts) > 8
    for rule in alerts:
        assert rule["labels"]["severity"] in ("warning", "critical")
        assert set(rule["annotations"]) == {"summary", "description"}


def test_panels_have_places_of_their_own_and_the_provisioned_source() -> None:
    taken: set[tuple[int, int]] = set()
    ids = set()
    for panel in dashboard()["panels"]:
        ids.add(panel["id"])
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not cells & taken and max(x for x, _ in cells) < 24
        taken |= cells
    assert len(ids) == len(dashboard()["panels"])
    [source] = yaml.safe_load(
        (DEPLOY / "grafana/provisioning/datasources/prometheus.yml").read_text()
    )["datasources"]
    uids = set(re.findall(r'"uid": "(\w+)"', json.dumps(dashboard()))) - {"bioweave"}
    assert uids == {source["uid"]}
    [provider] = yaml.safe_load(
        (DEPLOY / "grafana/provisioning/dashboards/bioweave.yml").read_text()
    )["providers"]
    assert provider["type"] == "file"


def test_prometheus_reads_the_rules_and_asks_the_service() -> None:
    content = yaml.safe_load((DEPLOY / "prometheus/prometheus.yml").read_text())
    assert [Path(one).name for one in content["rule_files"]] == ["rules.yml"]
    [job] = content["scrape_configs"]
    assert job["job_name"] == "bioweave" and job["metrics_path"] == "/metrics"
