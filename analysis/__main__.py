"""``python -m analysis verify``: what the package does from the command line."""

import argparse
import sys


def main(arguments=None):
    """Check the figures, and say by which rule each was checked and what fails; 1 if something fails, else 0.

    >>> main(["verify", "--figures", "figures", "--data", "nowhere"])
    Traceback (most recent call last):
    SystemExit: 2
    """
    parser = argparse.ArgumentParser(prog="python -m analysis", description="Text analysis with evidence.")
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser("verify", help="follow every figure again from its contract and the documents")
    command.add_argument("--figures", default="figures", help="folder of figures (default: figures)")
    command.add_argument("--data", default="data", help="folder of data (default: data)")
    command.add_argument("--rerun", action="store_true", help="run the notebooks as well, and compare what they write")
    asked = parser.parse_args(arguments)
    from analysis import verify  # loads all that figures are made with

    try:
        verified = verify.verify(asked.figures, asked.data, asked.rerun)
    except FileNotFoundError as error:
        parser.error(str(error))
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
