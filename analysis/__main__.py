"""``python -m analysis verify``: what the package does from the command line."""

import argparse
import sys

from analysis import verification


def main(arguments=None):
    """Check the figures, and say what was checked and what fails.

    Parameters
    ----------
    arguments : list of str, optional
        The words after ``python -m analysis``; those of the command line unless
        given.

    Returns
    -------
    int
        0 if nothing fails, 1 if something does.

    Raises
    ------
    SystemExit
        With 2, if the words are not understood or a folder is not there.

    Examples
    --------
    >>> main(["verify", "--figures", "figures", "--data", "nowhere"])
    Traceback (most recent call last):
    SystemExit: 2
    """
    parser = argparse.ArgumentParser(prog="python -m analysis", description="Text analysis with evidence.")
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser("verify", help="work out every figure again from its evidence and the documents")
    command.add_argument("--figures", default="figures", help="folder of figures (default: figures)")
    command.add_argument("--data", default="data", help="folder of data (default: data)")
    asked = parser.parse_args(arguments)
    try:
        verified = verification.verify(asked.figures, asked.data)
    except FileNotFoundError as error:
        parser.error(str(error))
    for row in verified.checked.itertuples():
        print(f"{row.figure}: {_counted(row.n_marks, 'mark')}, {_counted(row.n_passages, 'passage')}")
        rule = row.passages or "no rule to find them again; each was looked up where its document is here"
        elsewhere = f" ({row.n_elsewhere:,} are in documents elsewhere: not looked up)" if row.n_elsewhere else ""
        print(f"    passages: {rule}{elsewhere}")
        print(f"    worked out again: {row.rederived}")
        print(f"    found again in the drawing: {row.painted or 'nothing'}")
        if row.not_rederived:
            print(f"    not worked out again: {row.not_rederived}")
    for row in verified.findings.itertuples():
        mark = f", mark {row.mark!r}" if row.mark else ""
        print(f"FAILS {row.figure}{mark}: {row.problem}" + (f": {row.detail}" if row.detail else ""))
    print(f"{_counted(len(verified.checked), 'figure')} checked, {_counted(len(verified.findings), 'failure')}.")
    return int(len(verified.findings) > 0)


def _counted(n, what):
    return f"{n:,} {what}" + ("" if n == 1 else "s")


if __name__ == "__main__":
    sys.exit(main())
