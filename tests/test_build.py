"""make figures: what changed is run again and nothing else; what fails is told kindly and destroys nothing."""

import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from analysis import report, tables
from tests.conftest import ROOT

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><title>T</title><desc>D</desc><g id="a"/></svg>'
CODE = f"""from pathlib import Path
from types import SimpleNamespace
n = Path("../data/{{name}}.csv").read_text().strip()
files = {{{{"svg": '{SVG}', "png": n, "csv": "mark,n\\na," + n + "\\n", "json": '{{{{"by": []}}}}'}}}}
files["evidence.csv"] = "mark,document,paragraph,start,end,quote\\n"
figures = SimpleNamespace(save=lambda ax, name: [Path("../figures", f"{{{{name}}}}.{{{{end}}}}").write_text(files[end]) for end in files])
figures.save(None, "{{name}}")
"""


def add(root, name, code=CODE):
    """A notebook with a figure of its name."""
    title = {"cell_type": "markdown", "id": "a", "metadata": {}, "source": [f"# {name}?"]}
    cell = {"cell_type": "code", "id": "b", "metadata": {}, "outputs": [], "execution_count": None}
    cell["source"] = code.format(name=name).splitlines(keepends=True)
    book = {"cells": [title, cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (root / "notebooks" / f"{name}.ipynb").write_text(json.dumps(book))


def change(root, name, old, new):
    path = root / "notebooks" / f"{name}.ipynb"
    text, old, new = path.read_text(), json.dumps(old)[1:-1], json.dumps(new)[1:-1]
    assert old in text
    path.write_text(text.replace(old, new))


def data(root, *names, value=1):
    for name in names:
        (root / "data" / f"{name}.csv").write_text(str(value))


def code_of(content):
    """The code of a notebook, which must survive whatever happens."""
    return "".join(json.loads(content)["cells"][1]["source"])


@pytest.fixture
def project(tmp_path):
    """Two small notebooks, and no package beside them: the one in use is taken."""
    for folder in ("notebooks", "data", "figures", "analysis"):
        (tmp_path / folder).mkdir()
    shutil.copy(ROOT / "notebooks" / "task_notebooks.py", tmp_path / "notebooks")
    data(tmp_path, "1-one", "2-two", value=0)
    for name in ("1-one", "2-two"):
        add(tmp_path, name)
    return tmp_path


@pytest.fixture
def pages(project, monkeypatch):
    """In place of the pages, which take long: two files that say nothing."""
    drawn = [project / "figures" / name for name in ("index.html", "evidence.html")]
    monkeypatch.setattr(report, "write", lambda root: [tables.write_bytes(path, b"page") for path in drawn])


@pytest.fixture
def build(project, monkeypatch, capsys):
    """Build in this process, without Jupyter: what was run, what failed, what was told."""
    tasks = loaded(project)

    def execute(notebook):
        book = json.loads(notebook.read_bytes())
        try:
            exec(code_of(notebook.read_bytes()), {})
        except Exception as error:
            raise ValueError(f"stopped: {error!r}") from None
        return json.dumps(book | {"metadata": {"run": True}}).encode()

    def build():
        failed = tasks.build()
        told = capsys.readouterr().out
        return [line.split(":")[0] for line in told.splitlines() if line.endswith(" s")], failed, told

    monkeypatch.setattr(tasks, "execute", execute)
    monkeypatch.setattr(tasks, "offline", Path.read_text)
    monkeypatch.chdir(project / "notebooks")
    tasks.RECORDS.mkdir()
    build.tasks = tasks
    return build


def loaded(project):
    where = importlib.util.spec_from_file_location("task_notebooks", project / "notebooks" / "task_notebooks.py")
    tasks = importlib.util.module_from_spec(where)
    where.loader.exec_module(tasks)
    return tasks


def files(root):
    """What the user sees."""
    paths = [*(root / "figures").rglob("*"), *(root / "notebooks").glob("*.ipynb")]
    paths = [path for path in paths if path.is_file() and ".build" not in path.parts]
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in paths}


def figures(root, name):
    return {path: content for path, content in files(root).items() if path.startswith(f"figures/{name}.")}


def make(root):
    """`make figures` itself, Jupyter and all."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, root / "notebooks" / "task_notebooks.py"]
    pipes = {"text": True, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    pipes["preexec_fn"] = lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)  # in the background Ctrl-C is ignored
    return subprocess.Popen(command, env=environment, **pipes)


# What changed is run again


def test_builds_what_changed_and_nothing_else(project, build, pages):
    assert build()[:2] == (["1-one", "2-two"], [])
    first, package = files(project), project / "analysis"
    assert build() == ([], [], "") and files(project) == first
    for path in ("figures/1-one.svg", "notebooks/1-one.ipynb"):
        (project / path).write_bytes(first[path] + b"\n")
        assert build()[0] == ["1-one"] and files(project) == first, path
    data(project, "2-two")
    assert build()[0] == ["2-two"] and files(project) != first
    change(project, "1-one", '(None, "1-one")', '(None, "1-one")  # changed')
    assert build()[0] == ["1-one"]
    (package / "extra.py").write_text("")
    assert build()[0] == ["1-one", "2-two"]
    (package / "extra.py").unlink()
    assert build()[0] == ["1-one", "2-two"]
    (package / "report").mkdir()
    (package / "report" / "__init__.py").write_text("")
    assert build()[0] == []


def test_pages_and_manifest_that_are_lost_or_damaged_are_made_again(project, build):
    build()
    first = files(project)
    for name in ("manifest.json", "index.html", "evidence.html", "notebooks/1-one.html"):
        (project / "figures" / name).unlink()
        assert build()[1] == [] and files(project) == first, name
    for name in ("manifest.json", ".build/state.json"):
        (project / "figures" / name).write_text("[")
        assert build()[1] == [] and files(project) == first, name


# What fails is told, and everything else goes on


WRONG = {  # what is told → the whole notebook, or what is changed in it
    "1-one.ipynb: can't be read as a notebook of format 4: JSONDecodeError": b"",
    "can't be read as a notebook of format 4: ValueError('its format is 3')": b'{"nbformat": 3}',
    "1-one.ipynb: names data/none.csv, which is not there.\n": ("../data/1-one.csv", "../data/none.csv"),
    "1-one.ipynb: write each path under ../data/ in one plain string.\n": ('"../data/1-one', 'f"../data/{1}-one'),
    "(None, 'a/1-one')…: write a figure's name in one plain string, without a folder.\n": ('e, "1', 'e, "a/1'),
    "1-one.ipynb: stopped: SyntaxError": ("n = ", "n = ("),
    "2-two is drawn by 1-one.ipynb and 2-two.ipynb: give it another name in one of them.": (
        'ne, "1-one")',
        'ne, "2-two")',
    ),
}


@pytest.mark.parametrize("message", WRONG)
def test_what_is_wrong_with_a_notebook_is_told_and_the_others_run(project, build, pages, message):
    build()
    before, path, how = files(project), project / "notebooks" / "1-one.ipynb", WRONG[message]
    change(project, "1-one", *how) if isinstance(how, tuple) else path.write_bytes(how)
    given, both = path.read_bytes(), "drawn by" in message
    data(project, "2-two")
    ran, failed, told = build()
    assert ran == ([] if both else ["2-two"]) and message in told
    assert [one for one in failed if one != "the pages"] == ["1-one.ipynb", "2-two.ipynb"][: 1 + both]
    for name in ("1-one", "2-two")[: 1 + both]:
        assert len(figures(project, name)) == 5 and figures(project, name).items() <= before.items()
    assert path.read_bytes() == given


def test_a_failing_notebook_leaves_its_old_figures_and_a_new_one_leaves_none(project, build, pages):
    build()
    before = files(project)
    change(project, "1-one", '(None, "1-one")\n', '(None, "1-one")\n1 / 0\n')
    add(project, "3-new", CODE + "1 / 0")
    data(project, "1-one", "2-two", "3-new")
    ran, failed, _ = build()
    assert (ran, failed) == (["2-two"], ["1-one.ipynb", "3-new.ipynb"])
    assert len(figures(project, "1-one")) == 5 and figures(project, "1-one").items() <= before.items()
    assert figures(project, "3-new") == {}
    change(project, "1-one", 'figures.save(None, "1-one")', "")  # it does not even name them any more
    assert build()[:2] == ([], ["1-one.ipynb", "3-new.ipynb"]) and len(figures(project, "1-one")) == 5
    change(project, "1-one", "1 / 0", 'figures.save(None, "1-one")')
    change(project, "3-new", "1 / 0", "")
    assert build()[:2] == (["1-one", "3-new"], []) and len(figures(project, "3-new")) == 5


def test_figures_that_no_notebook_draws_any_more_are_named_and_removed_and_those_of_the_user_stay(
    project, build, pages
):
    build()
    for name in ("mine.svg", "mine.evidence.csv"):
        (project / "figures" / name).write_text("mine")
    (project / "notebooks" / "1-one.ipynb").rename(project / "notebooks" / "05-mine.ipynb")
    change(project, "05-mine", '(None, "1-one")', '(None, "05-mine")')
    (project / "notebooks" / "2-two.ipynb").unlink()
    ran, failed, told = build()
    assert (ran, failed) == (["05-mine"], [])
    assert "No notebook draws these figures any more, removed: 1-one, 2-two\n" in told
    kept = {name.removeprefix("figures/") for name in files(project)} - {"notebooks/05-mine.ipynb"}
    mine = {f"05-mine.{end}" for end in ("csv", "evidence.csv", "json", "png", "svg")} | {"notebooks/05-mine.html"}
    assert kept == mine | {"mine.svg", "mine.evidence.csv", "manifest.json", "index.html", "evidence.html"}
    assert build() == ([], [], "")


def test_a_mistake_in_what_the_pages_are_made_from_leaves_them_as_they_were(project, build):
    build()
    before = files(project)
    data(project, "1-one")
    data(project, "elsewhere", value="document\n1\n")
    ran, failed, told = build()
    assert (ran, failed) == (["1-one"], ["the pages"]) and "elsewhere" in told
    assert len(told.split("1-one: 0 s\n")[1].splitlines()) <= 6
    changed = {path for path, content in files(project).items() if content != before[path]}
    assert changed == {f"figures/{name}" for name in ("1-one.csv", "1-one.png", "manifest.json")}


# No write can destroy


def test_a_file_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    path = tmp_path / "text.csv"
    tables.write_bytes(path, b"old")
    path.chmod(0o640)
    (tmp_path / "link.csv").symlink_to(path)
    tables.write_bytes(tmp_path / "link.csv", b"new")
    assert path.read_bytes() == b"new" and path.stat().st_mode & 0o777 == 0o640 and (tmp_path / "link.csv").is_symlink()
    for name in ("fsync", "replace"):
        with monkeypatch.context() as patch:
            patch.setattr(os, name, full)
            with pytest.raises(OSError, match="No space left"):
                tables.write_bytes(path, b"newer")
        assert sorted(os.listdir(tmp_path)) == ["link.csv", "text.csv"] and path.read_bytes() == b"new"


def full(*_):
    raise OSError(28, "No space left on device")


def limited(times, stop, suffix="", replace=os.replace):
    """`os.replace` that works some times and then stops."""
    left = iter(range(times))

    def some(source, target):
        if str(source).endswith(suffix) and next(left, None) is None:
            stop()
        replace(source, target)

    return some


@pytest.mark.parametrize("writes", [0, 1, 4, 5, 6, 7])
def test_a_disk_that_is_full_after_any_write_destroys_nothing(project, build, pages, monkeypatch, writes):
    """The state, the notebooks, the manifest, the pages: whichever can't be written, it stays as it was."""
    build()
    before = files(project)
    data(project, "1-one", "2-two")
    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", limited(writes, full, ".part"))
        _, failed, told = build()
    assert failed and "No space left on device" in told
    assert not set(files(project)) - set(before)
    for path, content in files(project).items():
        assert content, path
        if path.endswith(".ipynb"):
            assert code_of(content) == CODE.format(name=Path(path).stem)
    assert build()[1] == []
    now = files(project)
    assert {path for path in now if now[path] != before[path]} >= {"figures/1-one.png", "figures/2-two.png"}


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_killed_before_any_step_a_build_destroys_nothing_and_the_next_makes_all_right(
    project, build, pages, monkeypatch
):
    expected = []
    for n in (0, 1):
        data(project, "1-one", "2-two", value=n)
        assert build()[1] == []
        expected.append(files(project))
    for step in range(100):
        data(project, "1-one", "2-two", value=step % 2)
        child = os.fork()
        if child == 0:
            monkeypatch.setattr(os, "replace", limited(step, lambda: os.kill(os.getpid(), signal.SIGKILL)))
            build.tasks.build()
            os._exit(0)
        ended = os.waitpid(child, 0)[1]
        for name in ("1-one", "2-two"):
            assert code_of((project / "notebooks" / f"{name}.ipynb").read_bytes()) == CODE.format(name=name)
        assert build()[1] == [] and files(project) == expected[step % 2], step
        if ended == 0:
            break
    assert step > 15


def test_a_notebook_that_is_changed_while_it_runs_is_left_as_it_is(project, build, pages):
    change(project, "1-one", 'figures.save(None, "1-one")', 'Path("../notebooks/1-one.ipynb").write_text("{}")')
    _, failed, told = build()
    assert failed == ["1-one.ipynb"] and "was changed while it ran: it is as you left it" in told
    assert (project / "notebooks" / "1-one.ipynb").read_text() == "{}"


# With Jupyter


def test_an_error_is_told_first_and_in_a_few_lines(project):
    change(project, "2-two", "n = ", "1 + (1 /\n     0)\nn = ")
    told, wrong = make(project).communicate(timeout=120)
    lines = told.splitlines()
    assert lines[0] == "1-one …" and lines[1].startswith("1-one: ") and len(lines) == 6, told
    assert lines[2:4] == ["2-two …", "2-two.ipynb: stopped in cell [1], line 3:"]
    assert lines[4:6] == ["    1 + (1 /", "ZeroDivisionError: division by zero"]
    assert wrong == "Failed, and as before: 2-two.ipynb. All else is up to date.\n"
    assert "1-one?" in (project / "figures" / "notebooks" / "1-one.html").read_text(encoding="utf-8")


def test_one_build_at_a_time_and_one_that_is_stopped_leaves_everything_as_it_was(project):
    for name in ("1-one", "2-two"):
        (project / "figures" / f"{name}.svg").write_text("old")
    change(project, "1-one", "n = ", "import time\ntime.sleep(100)\nn = ")
    before = files(project)
    first = make(project)
    assert first.stdout.readline() == "1-one …\n"
    with pytest.raises(SystemExit, match=r"^make figures is running here already: wait until"):
        loaded(project).main()
    first.send_signal(signal.SIGINT)
    told, wrong = first.communicate(timeout=60)
    assert (told, wrong) == ("", "Stopped. What had not ended is as it was; make figures goes on from here.\n")
    assert first.returncode == 1 and files(project) == before
