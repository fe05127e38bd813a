"""A browser for the pages. Without one these tests are skipped, and say so."""

import os
import shutil

import pytest

SWITCHES = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--no-first-run",
]  # fmt: skip


@pytest.fixture(scope="session")
def chromium():
    """Chromium of the system, or of the variable CHROMIUM."""
    driver = pytest.importorskip(
        "playwright.sync_api", reason="NOT RUN: the pages were not tried in a browser, playwright is missing: make e2e"
    )
    named = [os.environ.get("CHROMIUM"), *map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))]
    path = next((path for path in named if path), None)
    if path is None:
        pytest.skip("NOT RUN: the pages were not tried in a browser, Chromium is missing: apt install chromium")
    with driver.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=SWITCHES)
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium):
    """Open a page; nothing may be fetched but the page, and nothing may go wrong in it."""
    contexts, wrong = [], []

    def visit(address, quiet=False, **options):
        context = chromium.new_context(**{"viewport": {"width": 1440, "height": 900}} | options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("request", lambda request: wrong.append(request.url) if not allowed(request) else None)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        if not quiet:  # a script that the page's rules stop is told there
            page.on("console", lambda told: wrong.append(told.text) if told.type in ("error", "warning") else None)
        page.goto(address)
        return page

    yield visit
    for context in contexts:
        context.close()
    assert not wrong


def allowed(request):
    """The page itself, by its own name, and images inside it."""
    return request.url.startswith("data:") or (request.url.startswith("file:") and request.is_navigation_request())


@pytest.fixture(scope="session")
def site(pages_root):
    """The address of its pages."""
    return (pages_root / "figures").as_uri()
