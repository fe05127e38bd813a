"""Text analysis with evidence, from the command line.

examples:
  python -m analysis read data/documents -o paragraphs.csv
  python -m analysis find data/codebooks/conflict.yml report.pdf -o hits.parquet
  python -m analysis figures
  python -m analysis verify --rerun

It ends with 0 if all is well; with 1 if something was found: a file of a folder that could not be read (the others are
in the table), a notebook that fails, a figure that does not follow from its documents; with 2 if the command or what it
was given is wrong: then no table is written.
"""

import argparse
import os
import subprocess
import sys
import warnings
from pathlib import Path


def main(arguments=None):
    """Do what was asked, and say what was done: `read`, `find`, `figures` or `verify`; `--help` has examples.

    Tables are CSV or Parquet, by the name after `-o`. Gives 0 if all is well, and 1 if something was found: files of a
    folder that could not be read, notebooks that fail, figures that fail. What is wrong with a command or with what it
    was given is reported in a few lines, with the exit code 2.

    >>> main(["read", "nowhere.pdf", "-o", "paragraphs.csv"])
    Traceback (most recent call last):
    SystemExit: 2
    """
    as_it_is = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(prog="python -m analysis", description=__doc__, formatter_class=as_it_is)
    commands = parser.add_subparsers(dest="command", required=True)
    read = commands.add_parser("read", help="write the paragraphs of documents as a table")
    find = commands.add_parser("find", help="write the passages that a codebook finds as a table")
    find.add_argument("codebook", help="codebook (.yml)")
    for command in (read, find):
        command.add_argument("path", metavar="FILE|FOLDER", help="what corpus.read reads: PDF, Word, text, a folder, …")
        command.add_argument("-o", dest="table", required=True, help="table to write: .csv or .parquet")
    commands.add_parser("figures", help="run the notebooks that changed, in a project's folder, as make figures does")
    command = commands.add_parser("verify", help="follow every figure again from its contract and the documents")
    command.add_argument("--figures", default="figures", help="folder of figures (default: figures)")
    command.add_argument("--data", default="data", help="folder of data (default: data)")
    command.add_argument("--rerun", action="store_true", help="run the notebooks as well, and compare what they write")
    asked = parser.parse_args(arguments)
    with warnings.catch_warnings(action="always", category=UserWarning):
        beside = "`problems`", f"{Path(getattr(asked, 'table', '')).stem}.problems.csv"  # which `_table` writes
        warnings.showwarning = lambda told, *_: print("Note:", str(told).replace(*beside), file=sys.stderr)
        try:
            return {"figures": _figures, "verify": _verify}.get(asked.command, _table)(asked)
        except (OSError, ValueError) as error:
            parser.exit(2, f"python -m analysis {asked.command}: {error}\n")


def _table(asked):
    """Write the paragraphs of documents, or the passages that a codebook finds in them."""
    from analysis import codebooks, corpus, patterns, tables

    path, is_find = Path(asked.table), asked.command == "find"
    if path.suffix.lower() not in (".csv", ".parquet"):
        raise ValueError(f"tables are written as .csv or .parquet; give {path} one of these endings.")
    if not path.parent.is_dir():
        raise ValueError(f"there is no folder {path.parent} to write {path.name} into.")
    if path.resolve() == Path(asked.path).resolve():
        raise ValueError(f"{path} would be written over what it is made from; give the table another name.")
    book = codebooks.load(asked.codebook) if is_find else None
    found = corpus.read(asked.path)
    rows = patterns.find(found.paragraphs, book) if is_find else found.paragraphs
    if path.suffix.lower() == ".csv":
        tables.write(rows, path)
    else:
        tables.write_bytes(path, rows.to_parquet(index=False))
    if len(found.problems):
        tables.write(found.problems, path.with_suffix(".problems.csv"))
    what = f"passages ({rows['kept'].sum():,} of them count)" if is_find else "paragraphs"
    print(f"{path}: {len(rows):,} {what} of {len(found.documents):,} document{'s' * (len(found.documents) != 1)}.")
    return int(len(found.failures) > 0)  # which a note has told


def _figures(_):
    """Run the notebooks of the project in this folder, by its own script."""
    script = Path("notebooks", "task_notebooks.py")
    if not script.is_file():
        raise FileNotFoundError(f"there is no {script} here; go to the project's folder.")
    same_bytes = {"PYTHONHASHSEED": "0", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    return subprocess.run([sys.executable, "-P", script], env=os.environ | same_bytes).returncode


def _verify(asked):
    """Check the figures, and say by which rule each was checked and what fails."""
    from analysis import verify  # loads all that figures are made with

    verified = verify.verify(asked.figures, asked.data, asked.rerun)
    for row in verified.checked.itertuples():
        print(f"{row.figure}: " + (row.rule or "NOT CHECKED"))
        left = f"; not checked: {row.not_checked}" if row.not_checked else ""
        print(f"    {row.n_marks:,} marks, {row.n_passages:,} passages{left}")
    for row in verified.findings.itertuples():
        mark = f", mark {row.mark!r}" if row.mark else ""
        print(f"FAILS {row.figure}{mark}: {row.problem}" + (f": {row.detail}" if row.detail else ""))
    print(f"{len(verified.checked):,} figures, {len(verified.findings):,} failures.")
    return int(len(verified.findings) > 0)


if __name__ == "__main__":
    sys.exit(main())
