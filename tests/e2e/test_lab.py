"""JupyterLab as researchers have it: the notebooks run in it, and a click on a mark of a chart shows its passages."""

import json
import os
import re
import socket
import subprocess
import sys
import time

import pandas as pd
import pytest

from analysis import charts, corpus, explore, figures
from tests.conftest import ROOT, SHIPPED, copy_project

QUICK = ["03-managed-or-resolved.ipynb"]
RUN = SHIPPED if os.environ.get("LAB", "all") == "all" else QUICK
WRONG = "[data-mime-type$='jupyter.stderr'], [data-mime-type$='jupyter.error']"
RUNNING = "() => [...document.querySelectorAll('.jp-InputPrompt')].some(one => one.textContent.includes('*'))"
FOLDERS = ["_CONFIG", "_DATA", "_RUNTIME", "LAB_SETTINGS", "LAB_WORKSPACES"]
SETTING = "LAB_SETTINGS/@jupyterlab/notebook-extension/tracker.jupyterlab-settings"


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """The address of a JupyterLab on a copy of the project, with settings of its own, and the copy."""
    project, own = copy_project(tmp_path_factory.mktemp("project")), tmp_path_factory.mktemp("settings")
    (own / SETTING).parent.mkdir(parents=True)
    (own / SETTING).write_text('{"windowingMode": "none"}')  # all cells are in the page, also those out of sight
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = [sys.executable, "-m", "jupyterlab", "--no-browser", "--ip=127.0.0.1", f"--port={port}", "--allow-root"]
    server += [f"--notebook-dir={project}", "--IdentityProvider.token=", "--ServerApp.port_retries=0"]
    server += ["--LabApp.news_url=None", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"]
    environment = {f"JUPYTER{name}_DIR": str(own / name) for name in FOLDERS}
    environment = os.environ | environment | {"IPYTHONDIR": str(own), "PYTHONPATH": str(ROOT)}
    with (own / "log").open("w") as log:
        running = subprocess.Popen(server, cwd=project, env=environment, stderr=log)
    try:
        while "is running at" not in (own / "log").read_text():
            assert running.poll() is None, (own / "log").read_text()
            time.sleep(0.2)
        yield f"http://127.0.0.1:{port}", project
    finally:
        running.terminate()  # it ends its kernels
        running.wait(60)


@pytest.fixture
def opened(chromium, lab):
    """Open a notebook, its kernel ready; the page asks nobody but this JupyterLab."""
    pages, asked = [], []

    def opened(name):
        page = chromium.new_page(viewport={"width": 1440, "height": 900})
        pages.append(page)
        page.set_default_timeout(60_000)
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"{lab[0]}/lab/tree/notebooks/{name}?reset")
        page.locator("#jp-main-statusbar", has_text="| Idle").wait_for()  # else a dialog swallows what is asked
        return page

    yield opened
    for page in pages:
        page.close()
    assert not [url for url in asked if not re.match(rf"{lab[0]}/|data:|blob:", url)]


def run_all(page):
    """Run every cell, and wait until the last has ended without an error or warning."""
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    page.wait_for_function(RUNNING)
    page.wait_for_function(RUNNING.replace("() => ", "() => !"), timeout=600_000)
    assert page.locator(WRONG).all_inner_texts() == []


@pytest.mark.parametrize("name", RUN)
def test_a_notebook_runs_and_a_click_on_a_mark_shows_its_passages(opened, lab, name):
    saved = (lab[1] / "notebooks" / name).read_text(encoding="utf-8").count('"figures.save(')  # lines of cells
    page = opened(name)
    run_all(page)
    drawn = page.locator(".analysis-chart > img").evaluate_all("all => all.map(one => one.naturalWidth)")
    assert drawn == [1080] * saved and saved
    for chart in page.locator(".analysis-chart").all():
        marks, shown = chart.locator("summary"), chart.locator("details[open]")
        marks.last.click()  # on top, where marks lie one over the other
        assert shown.count() == 1 and shown.locator("li").first.is_visible()
        n = int(re.search(r"([\d,]+) places?$", marks.last.get_attribute("title"))[1].replace(",", ""))
        assert shown.locator("li").count() == n or "more in " in shown.locator("li").last.inner_text()
        marks.first.focus()
        page.keyboard.press("Enter")
        assert marks.first.evaluate("mark => mark.parentNode.open") != (marks.count() == 1)


def written(lab, name, source, outputs=()):
    """A notebook of one cell in the copy of the project; it is not trusted until it is run."""
    cell = {"cell_type": "code", "id": "one", "metadata": {}, "source": source, "outputs": [*outputs]}
    book = json.loads((ROOT / "notebooks" / QUICK[0]).read_text()) | {"cells": [cell | {"execution_count": None}]}
    (lab[1] / "notebooks" / name).write_text(json.dumps(book))
    return name


def test_a_concordance_answers_while_one_types(opened, lab):
    source = 'from analysis import corpus, explore\nexplore.concordance(corpus.read("../data/documents").paragraphs)'
    page = opened(written(lab, "concordance.ipynb", source))
    run_all(page)
    box, told = page.get_by_role("textbox", name="Search"), page.locator(".widget-html-content")
    made = explore.ready(corpus.read(ROOT / "data/documents").paragraphs)
    box.focus()
    for typed in ("conflict", " resol*"):
        page.keyboard.type(typed)
        found = explore.answer(made, box.input_value())
        told.get_by_text(f"{found.n} hits in {found.n_paragraphs} of 40 paragraphs").wait_for()
        assert told.locator("pre").last.inner_text().count("¶") == found.n > 0
    page.keyboard.type(" ~")
    told.get_by_text("cannot be read from").wait_for()


def test_where_a_notebook_is_not_trusted_the_chart_is_there_and_its_passages_too(opened, lab, tmp_path):
    row = {"word": "peace", "document": "d", "paragraph": "1", "start": 0, "end": 5, "match": "Peace", "n": 1}
    found = pd.DataFrame([row])
    saved = figures.save(charts.bars(found, x="n", y="word"), "01-one", evidence=found, folder=tmp_path)
    output = {"output_type": "display_data", "metadata": {}, "data": {"text/html": saved.html}}
    page = opened(written(lab, "not-trusted.ipynb", "1", [output]))
    assert page.locator(".analysis-chart > img").evaluate("one => one.naturalWidth") == 1080
    assert page.get_by_text("All are in 01-one.evidence.csv").is_visible()
    page.locator(".analysis-chart summary").click()
    page.get_by_text("d ¶1: Peace").wait_for()
