"""All figures of a folder, checked one by one."""

from pathlib import Path
from typing import NamedTuple

import pandas as pd

from analysis.verification import derivation, files, lettering, numbers, passages, shapes, sources, wording


class Verified(NamedTuple):
    """What was found wrong, and what was looked at."""

    findings: pd.DataFrame
    checked: pd.DataFrame


def verify(figures, data):
    """Work out every figure's counts, totals and rates again, and look each passage up.

    Parameters
    ----------
    figures : str or Path
        The folder of figures: ``NAME.svg``, ``NAME.png``, ``NAME.csv``,
        ``NAME.evidence.csv`` of each, and ``manifest.json``.
    data : str or Path
        The folder of data that the manifest calls ``data/``: ``documents/``,
        codebooks, codings, and ``elsewhere.csv``, which names documents
        (`document`, `title`, `source`) that evidence lies in and that are not
        here.

    Returns
    -------
    Verified
        `findings`, one row per problem: `figure` (or the file it is about),
        `mark` (empty where it concerns the figure), `problem`, `detail`; empty
        if nothing is wrong. `checked`, one row per figure that could be read:
        `figure`, `n_marks`, `n_passages`, `n_elsewhere` (passages in documents
        that are not here: not looked up), `passages` (the rule by which they were
        found again; empty if none fits), `rederived` (drawn columns worked out
        again, joined by commas), `not_rederived` (the others), `painted` (the columns
        found again in the drawing, by its shapes, colours and words).

    Raises
    ------
    FileNotFoundError
        If one of the folders is not there.

    Notes
    -----
    For each figure: its files are there, and they and the data its notebook read
    have the checksums in the manifest (`files.manifest`); table, evidence and SVG
    have the same marks, and `n` is the number of passages (`files.check_marks`);
    each passage lies in its text (`passages.check`); the passages are those found
    again in the documents, where a rule is known (`derivation.derive`); columns
    are what their names promise (`numbers.check`), and so are numbers inside
    texts (`wording.check`); marks are where, and painted as, the table says
    (`shapes.check`), and so are painted words and numbers (`lettering.check`).

    Not checked: words in titles and descriptions, style sheets and what lies on
    top of what in the SVG, the PNG beyond its checksum.

    Examples
    --------
    >>> verified = verify("figures", "data")
    >>> verified.findings["problem"].tolist()
    []
    >>> verified.checked.set_index("figure").loc["02-silences", "rederived"]
    'n, outside, few'
    """
    figures, data = Path(figures), Path(data)
    for folder in (figures, data):
        if not folder.is_dir():
            raise FileNotFoundError(f"There is no folder {folder}.")
    inputs, findings = files.manifest(figures, data)
    texts, problems = sources.read(data)
    findings += problems
    checked, by_inputs = [], {}
    for name in sorted(inputs):
        figure, problems = files.read(figures, name, inputs[name])
        findings += problems
        if figure is None:
            continue
        key = tuple(figure.inputs)
        if key not in by_inputs:
            try:
                own = sources.of_documents(texts, figure.inputs)
                by_inputs[key] = own, sources.labelled(own, figure.inputs)
            except (OSError, ValueError) as error:
                by_inputs[key] = texts, {}
                findings.append((name, "", "codebook or coding cannot be read", str(error)))
        row, problems = _figure(figure, *by_inputs[key])
        checked.append(row)
        findings += problems
    findings = list(dict.fromkeys(findings))
    return Verified(
        pd.DataFrame(findings, columns=["figure", "mark", "problem", "detail"]).astype("str"),
        pd.DataFrame(checked, columns=list(_COLUMNS)).astype(_COLUMNS),
    )


_COLUMNS = {
    "figure": "str",
    "n_marks": "int64",
    "n_passages": "int64",
    "n_elsewhere": "int64",
    "passages": "str",
    "rederived": "str",
    "not_rederived": "str",
    "painted": "str",
}


def _figure(figure, own, rules):
    """One row of `checked`, and the findings."""
    findings = files.check_marks(figure) + passages.check(figure, own)
    derived = derivation.derive(figure, own, rules)
    columns, problems = numbers.check(figure, own, derived)
    findings += derived.findings + problems
    drawn = figure.data.columns.drop("mark")
    done = [name for name in drawn if name in {"n", *derived.columns, *columns}]
    worded, problems = wording.check(figure, own, derived, done)
    findings += problems
    done += worded
    painted = []
    for names, problems in (shapes.check(figure, own.paragraphs["paragraph"].tolist()), lettering.check(figure)):
        painted += names
        findings += problems
    elsewhere = ~figure.evidence["document"].isin({document for document, _ in own.texts})
    row = (
        figure.name,
        len(figure.data),
        len(figure.evidence),
        int(elsewhere.sum()),
        derived.rule,
        ", ".join(name for name in drawn if name in done),
        ", ".join(name for name in drawn if name not in done),
        ", ".join(name for name in drawn if name in painted),
    )
    return row, findings
