"""The page in a real browser, from a text to a corrected file."""

import gzip
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator

import pytest
from contrasts import CONTRASTS

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
TEXT = (
    "We report that 😀 Aspirin reduced the risk of colorectal cancer and of gastric ulcers in "
    "rats, while TP53 raised that of breast and ovarian cancer."
)

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine")


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    command = [sys.executable, "-m", "bioweave.cli", "serve", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        yield process.stdout.readline().split()[-1]
        process.kill()


@pytest.fixture(scope="module")
def browser():
    with sync_api.sync_playwright() as playwright:
        # Inside a container Chromium's own sandbox has nothing to stand on.
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def page(browser, url):
    """The page with a text annotated; nothing may be said on the console."""
    page = browser.new_page(viewport={"width": 1200, "height": 900})
    said = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.set_default_timeout(60_000)
    page.goto(url)
    page.wait_for_selector("#model option", state="attached")
    page.fill("#text", TEXT)
    page.press("#text", "Control+Enter")
    page.wait_for_selector("mark")
    yield page
    page.close()
    assert said == []


def marks(page) -> list[str]:
    return page.locator("mark").all_inner_texts()


def downloaded(page, tmp_path, format):
    page.select_option("#format", format)
    with page.expect_download() as waiting:
        page.click("#download")
    target = tmp_path / waiting.value.suggested_filename
    waiting.value.save_as(target)
    return target


FOUND = [
    "Aspirin",
    "colorectal cancer",
    "gastric ulcers",
    "rats",
    "TP53",
    "breast and ovarian cancer",
]


def test_mentions_are_marked_where_they_stand(page) -> None:
    assert marks(page) == FOUND
    assert page.inner_text("#shown") == TEXT
    assert page.inner_text("#status") == "6 mentions in 1 document"


def test_a_mention_tells_its_concept_with_a_link_out(page) -> None:
    page.click("mark >> nth=0")
    assert page.locator("#panel h2").inner_text() == "Aspirin"
    link = page.locator("#panel a")
    assert link.get_attribute("href").endswith("ui=D001241")
    assert link.get_attribute("rel") == "noopener noreferrer"


def test_labels_and_confidence_filter(page) -> None:
    page.uncheck("#labels [data-label=Disease]")
    assert marks(page) == ["Aspirin", "rats", "TP53"]
    page.check("#labels [data-label=Disease]")
    assert marks(page) == FOUND
    page.locator("#confidence").fill("1")
    assert marks(page) == []


def test_correcting_by_keyboard_and_downloading(page, tmp_path) -> None:
    page.focus("#shown")
    page.keyboard.press("ArrowRight")
    assert page.locator("mark.chosen").inner_text() == "Aspirin"
    page.keyboard.press("ArrowLeft")
    assert page.locator("mark.chosen").inner_text() == "breast and ovarian cancer"
    page.focus("#shown")
    for _ in range(2):
        page.keyboard.press("]")
    assert page.locator("mark.chosen").inner_text() == "ovarian cancer"
    page.keyboard.press("2")
    assert page.locator("#panel [aria-label=Label]").input_value() == "Chemical"
    page.keyboard.press("Delete")
    assert marks(page) == FOUND[:-1]
    for _ in range(2):
        page.keyboard.press("u")
    assert marks(page) == [*FOUND[:-1], "ovarian cancer"]

    [line] = downloaded(page, tmp_path, "jsonl").read_text(encoding="utf-8").splitlines()
    mentions = json.loads(line)["mentions"]
    assert [TEXT[one["start"] : one["end"]] for one in mentions] == [
        one["text"] for one in mentions
    ]
    assert (mentions[-1]["text"], mentions[-1]["label"]) == ("ovarian cancer", "Disease")


def test_a_mention_is_explained(page) -> None:
    page.click("mark >> nth=1")
    page.click("#panel button:text-is('Why?')")
    page.wait_for_selector("#panel .weighed table")
    assert "“colorectal cancer” (45:62) is found" in page.inner_text("#panel .weighed p >> nth=0")
    assert page.inner_text("#panel .weighed .sentence") == TEXT
    assert set(page.locator("#panel .weighed .asked").all_inner_texts()) == {"colorectal", "cancer"}
    heaviest = page.locator("#panel .weighed tr >> nth=0")
    assert heaviest.locator("th").inner_text() in ("colorectal", "cancer")
    assert heaviest.locator("td >> nth=1").inner_text() == "for"
    assert "threshold" in page.locator("#panel .weighed dt").all_inner_texts()
    page.click("mark >> nth=0")
    assert page.locator("#panel .weighed table").count() == 0


def test_adding_what_is_missing(page) -> None:
    page.evaluate(
        """() => {
            const stretch = [...document.querySelectorAll("#shown span")]
                .find((one) => one.textContent.includes("risk"));
            const start = stretch.textContent.indexOf("risk");
            document.getSelection().setBaseAndExtent(
                stretch.firstChild, start, stretch.firstChild, start + 5);
        }"""
    )
    assert page.locator("#panel h2").inner_text() == "risk"
    page.click("#panel button:text-is('Why not?')")
    page.wait_for_selector("#panel .weighed table")
    assert "is not found as" in page.inner_text("#panel .weighed p >> nth=0")
    page.select_option("#panel [aria-label=Label]", "Disease")
    page.click("text=Add this mention")
    assert marks(page) == ["Aspirin", "risk", *FOUND[1:]]


@pytest.mark.parametrize("format", ["bioc-xml", "bioc-json", "pubtator", "conll", "csv", "html"])
def test_every_format_downloads(page, tmp_path, format) -> None:
    content = downloaded(page, tmp_path, format).read_text(encoding="utf-8")
    assert "ulcers" in content


def test_a_file_of_many_documents(page, tmp_path) -> None:
    many = tmp_path / "many.jsonl"
    lines = [json.dumps({"id": f"d{number}", "text": TEXT}) for number in range(3)]
    many.write_text("\n".join(lines), encoding="utf-8")
    page.set_input_files("#upload", many)
    page.wait_for_selector("#documents:not([hidden])")
    assert page.inner_text("#status") == "18 mentions in 3 documents"
    page.select_option("#document", "2")
    assert marks(page) == FOUND


IDENTIFIED = """async ([text, type, name]) => {
    const { identified } = await import("/assets/identities.js");
    return identified(text, type, name);
}"""


def ids_of(page, text: str, media_type: str, name: str = "notes.x") -> list[str]:
    sent = page.evaluate(IDENTIFIED, [text, media_type, name])
    lines = sent["body"].splitlines() if sent["sent"] == NDJSON else [sent["body"]]
    found = [json.loads(line) for line in lines]
    return [one["id"] for some in found for one in some.get("documents", [some])]


NDJSON = "application/x-ndjson"


@pytest.mark.parametrize("is_secure", [True, False])
def test_every_document_has_an_id_of_its_own(browser, url, is_secure) -> None:
    page = browser.new_page()
    if not is_secure:
        # As where the page came over plain HTTP from another machine.
        page.add_init_script("delete Crypto.prototype.randomUUID")
    page.goto(url)
    page.wait_for_selector("#model option", state="attached")
    ids = []
    for _ in range(2):
        page.fill("#text", "Aspirin helps.")
        with page.expect_request("**/v1/annotate*") as asked:
            page.click("#annotate")
        ids += [one["id"] for one in asked.value.post_data_json["documents"]]
        page.wait_for_selector("mark")
    page.set_input_files(
        "#upload", {"name": "a$&b.txt", "mimeType": "text/plain", "buffer": b"Aspirin."}
    )
    sync_api.expect(page.locator("#shown")).to_have_text("Aspirin.")
    with page.expect_request("**/v1/feedback") as sent:
        page.click("#send")
    ids.append(sent.value.post_data_json["document"]["id"])
    assert len(set(ids)) == 3
    assert [re.sub("[0-9a-f]{8,}(-[0-9a-f]{4,})*$", "", one) for one in ids] == [
        "text-",
        "text-",
        "a$&b.txt-",
    ]
    page.close()


def test_ids_that_documents_have_stay(page) -> None:
    lines = '{"id": "7", "text": "x"}\n{"text": "y", "n": 1e400}\nno json\n'
    sent = page.evaluate(IDENTIFIED, [lines, NDJSON, "n.jsonl"])
    first, second, third = sent["body"].splitlines()
    assert first == '{"id": "7", "text": "x"}' and third == "no json"
    assert second.startswith('{"id": "n.jsonl-') and second.endswith(', "text": "y", "n": 1e400}')
    [null] = ids_of(page, '{"id": null, "text": "x"}', "application/json")
    [one, two] = ids_of(
        page, '{"documents": [{"id": 5, "text": "x"}, {"text": "y"}]}', "application/json"
    )
    assert one == 5 and null != two and null.startswith("notes.x-") and two.startswith("notes.x-")
    xml = page.evaluate(IDENTIFIED, ["<a/>", "application/xml", "n.xml"])
    assert xml == {"body": "<a/>", "sent": "application/xml"}


def test_a_packed_file_is_read_as_well(page, tmp_path) -> None:
    packed = tmp_path / "many.jsonl.gz"
    packed.write_bytes(gzip.compress(json.dumps({"text": TEXT}).encode() + b"\n"))
    with page.expect_request("**/v1/annotate*") as asked:
        page.set_input_files("#upload", packed)
    assert json.loads(asked.value.post_data)["id"].startswith("many.jsonl.gz-")
    sync_api.expect(page.locator("#documents option")).to_have_count(1)
    assert marks(page) == FOUND


def test_what_goes_wrong_is_said(browser, url, tmp_path) -> None:
    page = browser.new_page()
    page.goto(url)
    page.wait_for_selector("#model option", state="attached")
    wrong = tmp_path / "wrong.xml"
    wrong.write_text("<a>", encoding="utf-8")
    page.set_input_files("#upload", wrong)
    page.wait_for_selector("#status.wrong")
    assert page.inner_text("#status").startswith("422: the body as application/xml")
    page.close()


def test_a_text_cannot_bring_markup_into_the_page(browser, url) -> None:
    page = browser.new_page()
    page.goto(url)
    page.wait_for_selector("#model option", state="attached")
    text = "<img src=x onerror=document.title='hurt'> aspirin"
    page.fill("#text", text)
    page.click("#annotate")
    page.wait_for_selector("mark")
    assert page.inner_text("#shown") == text
    assert page.title() == "bioweave" and page.locator("#shown img").count() == 0
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_its_ground(page, scheme) -> None:
    page.emulate_media(color_scheme=scheme)
    contrasts = page.evaluate(CONTRASTS)
    assert len(contrasts) > 30
    assert [one for one in contrasts if one[1] < 4.5] == []


def test_on_a_phone_nothing_runs_over_the_edge(page) -> None:
    page.set_viewport_size({"width": 360, "height": 780})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
