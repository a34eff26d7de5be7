"""Signing in to the page, in a real browser."""

import shutil
import subprocess
import sys

import pytest

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
COMMAND = [sys.executable, "-m", "bioweave.cli"]

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine")


def key_of(folder, *scopes: str) -> str:
    options = [part for scope in scopes for part in ("--scope", scope)]
    create = [*COMMAND, "keys", "create", "me", "--data", str(folder), *options]
    return subprocess.run(create, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data")
    key = key_of(folder, "annotate", "read")
    command = [*COMMAND, "serve", "--port", "0", "--require-keys", "--data", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        yield process.stdout.readline().split()[-1], key, folder
        process.kill()


@pytest.fixture
def page(service):
    with sync_api.sync_playwright() as playwright:
        # Inside a container Chromium's own sandbox has nothing to stand on.
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_context(viewport={"width": 1200, "height": 900}).new_page()
        page.set_default_timeout(60_000)
        errors = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(service[0])
        page.wait_for_selector("dialog[open]")
        yield page
        assert errors == []
        browser.close()


def test_signing_in_annotating_and_signing_out(page, service) -> None:
    url, key, folder = service
    assert page.evaluate("document.activeElement.name") == "key"
    # What has not the form of a key is not even sent.
    page.fill("dialog input", "secret")
    page.keyboard.press("Enter")
    assert page.locator("dialog[open]").count() == 1
    # A key that opens nothing: told, and asked again.
    wrong = key_of(folder, "read")
    revoke = [*COMMAND, "keys", "revoke", wrong.split("_")[1], "--data", str(folder)]
    subprocess.run(revoke, check=True, capture_output=True)
    page.fill("dialog input", wrong)
    page.keyboard.press("Enter")
    page.wait_for_selector("dialog .wrong:has-text('revoked')")
    page.fill("dialog input", key)
    page.click("dialog >> text=Sign in >> nth=-1")
    page.wait_for_selector("#model option", state="attached")
    assert page.locator("dialog").count() == 0

    page.fill("#text", "Aspirin helps.")
    with page.expect_request("**/v1/annotate*") as sent:
        page.press("#text", "Control+Enter")
    assert sent.value.headers["authorization"] == f"Bearer {key}"
    assert "cookie" not in sent.value.headers and key not in sent.value.url
    page.wait_for_selector("mark")
    assert page.context.cookies() == []

    # The tab keeps it over a reload, another one does not know it.
    page.reload()
    page.wait_for_selector("#model option", state="attached")
    assert page.inner_text("#session") == "Sign out"
    assert not page.is_visible("#metrics")
    other = page.context.new_page()
    other.goto(url)
    other.wait_for_selector("dialog[open]")
    other.close()
    page.click("#session")
    page.wait_for_selector("dialog[open]")
    assert page.evaluate("sessionStorage.length") == 0


def test_whoever_does_not_sign_in_is_told_and_may_later(page, service) -> None:
    page.click("text=Not now")
    page.wait_for_selector("#status.wrong")
    assert page.inner_text("#status").startswith("401: this service wants a key")
    page.click("#session >> text=Sign in")
    page.wait_for_selector("dialog[open]")


def test_a_key_without_the_scope_is_told(page, service) -> None:
    page.fill("dialog input", key_of(service[2], "annotate"))
    page.keyboard.press("Enter")
    page.wait_for_selector("#status.wrong")
    assert page.inner_text("#status").startswith("403: the key does not open this")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_can_be_read_and_fits_a_phone(page, scheme) -> None:
    from tests.service.test_page import CONTRASTS

    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": 360, "height": 780})
    shown = [one for one in page.evaluate(CONTRASTS) if "dialog" in one[0] or "key" in one[0]]
    assert shown and [one for one in shown if one[1] < 4.5] == []
    box = page.locator("dialog").bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= 360
