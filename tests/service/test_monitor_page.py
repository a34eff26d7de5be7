"""The live page in a real browser, and corrections sent from the other one."""

import json
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Iterator

import pytest
from contrasts import CONTRASTS
from invented_notes import abstracts, newspaper

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
SERVE = """
import sys
from pathlib import Path
from bioweave.service import ServiceSettings
from bioweave.service.running import run
from bioweave.service.settings import MonitoringSettings
monitoring = MonitoringSettings(
    seconds=0.5, reference="traffic", learned_documents=80, drift_documents=60, least_documents=30,
    quality_documents=30, least_corrected=5, fire_after=1, resolve_after=1,
)
settings = ServiceSettings(data=Path(sys.argv[1]), monitoring=monitoring)
run(settings, host="127.0.0.1", port=0)
"""

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine")


@pytest.fixture(scope="module")
def url(tmp_path_factory) -> Iterator[str]:
    command = [sys.executable, "-u", "-c", SERVE, str(tmp_path_factory.mktemp("data"))]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        yield process.stdout.readline().split()[-1]
        process.kill()


@pytest.fixture(scope="module")
def browser():
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


def opened(browser, url, said: list[str], **viewport):
    page = browser.new_page(viewport=viewport or {"width": 1200, "height": 900})
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.set_default_timeout(60_000)
    page.goto(url)
    return page


@pytest.fixture
def page(browser, url):
    said: list[str] = []
    page = opened(browser, f"{url}/monitor", said)
    page.wait_for_selector("#models section")
    yield page
    page.close()
    assert said == []


def posted(url: str, path: str, body: dict) -> dict:
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(f"{url}{path}", json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


def annotated(url: str, texts: list[str]) -> list[dict]:
    documents = [{"id": str(place), "text": text} for place, text in enumerate(texts)]
    return posted(url, "/v1/annotate", {"documents": documents})["documents"]


def test_before_there_is_anything_it_says_so(page) -> None:
    assert page.inner_text("#calm") == "No alert fires."
    assert "one is learned from the first 80 documents" in page.inner_text(".compared")
    assert "Nothing was corrected yet." in page.inner_text(".qualities")


def test_corrections_are_sent_from_the_page(browser, url) -> None:
    said: list[str] = []
    page = opened(browser, url, said)
    page.wait_for_selector("#model option", state="attached")
    page.fill("#text", "Aspirin may cause gastric ulcers in rats.")
    page.press("#text", "Control+Enter")
    page.wait_for_selector("mark")
    assert "The text is not kept." in page.inner_text("#terms")
    assert not page.is_visible("#comment") and not page.is_visible("#take-back")
    assert page.inner_text("#send") == "Send: all is right"
    page.focus("#shown")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Delete")
    assert page.inner_text("#send") == "Send corrections"
    page.click("#send")
    page.wait_for_selector("#sent:has-text('it is kept')")
    assert page.is_disabled("#send")
    page.click("#take-back")
    page.wait_for_selector("#sent:has-text('It is removed')")
    page.click("#send")
    page.wait_for_selector("#sent:has-text('it is kept')")
    page.close()
    assert said == []


@pytest.fixture(scope="module")
def fed(url) -> str:
    """The service once it has learned its reference, seen more of the same, and been corrected."""
    for seed in range(4):
        found = annotated(url, abstracts(20, seed))
    annotated(url, abstracts(60, 9))
    with urllib.request.urlopen(f"{url}/v1/models", timeout=60) as answer:
        [model] = json.load(answer)["models"]
    for document in found:
        mentions = document["mentions"]
        body = {
            "document": {"id": document["id"], "text": document["text"]},
            "model": model["name"],
            "fingerprint": model["fingerprint"],
            "found": mentions,
            "correct": mentions[1:],
        }
        posted(url, "/v1/feedback", body)
    return url


def test_drift_and_quality_appear_while_one_looks(fed, page) -> None:
    page.wait_for_selector(".card .level[data-level=stable]")
    assert page.locator(".card").count() == 6
    page.wait_for_selector("text=/2[01] corrected documents/")
    assert page.locator(".quality >> nth=0 >> tr").count() == 6
    # Unfolded, it stays so while everything is told anew, and the focus stays where it was.
    page.click(".card >> nth=0 >> summary")
    page.focus(".card >> nth=0 >> summary")
    annotated(fed, newspaper(66, 10))
    page.wait_for_selector(".card .level[data-level=alert]")
    page.wait_for_selector("#alerts li.firing")
    assert page.is_visible(".card >> nth=0 >> details table")
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"
    assert page.title().startswith("(")
    assert page.inner_text("#told").startswith("Firing: drift_")
    density = page.locator(".card", has_text="Mentions in 1,000 words")
    assert (
        density.locator("svg[role=img]")
        .first.get_attribute("aria-label")
        .startswith("Mentions in 1,000 words, seen (and reference): none:")
    )


def test_it_pauses_when_told_to(page) -> None:
    page.click("#pause")
    assert page.get_attribute("#pause", "aria-pressed") == "true"
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.wait_for_timeout(2_500)
    assert asked == []
    page.click("#pause")
    page.wait_for_timeout(500)
    assert len(asked) == 1 and asked[0].endswith("/v1/monitor")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_its_ground(fed, page, scheme) -> None:
    page.emulate_media(color_scheme=scheme)
    page.wait_for_selector(".quality tr")
    contrasts = page.evaluate(CONTRASTS)
    assert len(contrasts) > 60
    assert [one for one in contrasts if one[1] < 4.5] == []


def test_on_a_phone_nothing_runs_over_the_edge(fed, page) -> None:
    page.wait_for_selector(".quality tr")
    page.set_viewport_size({"width": 360, "height": 780})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_a_service_that_is_away_is_said(browser, url) -> None:
    page = browser.new_page()
    page.goto(f"{url}/monitor")
    page.wait_for_selector("#models section")
    page.route("**/v1/monitor", lambda route: route.abort())
    page.wait_for_selector("#judged.wrong")
    assert "does not tell" in page.inner_text("#judged")
    page.unroute("**/v1/monitor")
    page.wait_for_selector("#judged:not(.wrong)", timeout=20_000)
    page.close()
