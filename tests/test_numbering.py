"""Which numbers open a paragraph."""

import pytest

from analysis import numbering
from analysis.numbering import Candidate


def decide(*numbers):
    """Opens or not, for numbers given as 3, "3h" (after a heading), "3:" (after a colon), "3-" (inside a block)."""
    values = [tuple(int(part) for part in str(number).rstrip("h:-").split(".")) for number in numbers]
    ends = [str(number)[-1] for number in numbers]
    return numbering.follow(
        [
            Candidate(value, "dot", str(number), end == "h", end != "-", end == ":")
            for value, number, end in zip(values, numbers, ends, strict=True)
        ]
    )


@pytest.mark.parametrize(
    ("numbers", "opens"),
    [
        ([1, 2, 3], "yyy"), ([], ""), ([7], "y"), ([7, 8], "yy"),
        ([1, 2, 5, 6], "yyyy"),  # gap
        ([1, 2, 2, 3], "yyyy"),  # repeat
        ([1, 2, "1h", 2], "yyyy"),  # restart
        ([1, 2, 1, 2, 3, 3], "yynnny"),  # list in ¶2 that reaches the next number
        ([1, "1:", 2, 2, 3], "ynnyy"),  # list in ¶1
        ([1, 1, 2, 3, 2, 3], "ynnnyy"),  # the same, without a colon
        ([1, 1, 1], "yyy"),  # Markdown's lazy numbering
        ([1, 2, 1999, 3], "yyny"),  # year
        ([1, 1999, 2], "yny"),
        ([1, 2, 3, 7, 4], "yyyny"),  # table cell: 4 still comes
        ([1, 2, 90, 3], "yyny"),  # far jump without a witness
        ([1, "2-", 2], "yny"),  # reference at the start of a wrapped line
        ([2016, 1, 2], "nyy"), (["24.1", "24.2", "25.1", 26], "yyyy"), ([24, "24.1", "24.2", 25], "yyyy"),
        ([1, "3.5", 2], "yny"),  # 3.5 per cent
        ([1, 2, "1h", 3, 4], "yyyyy"),  # a numbered subheading, then on
    ],
)  # fmt: skip
def test_follow(numbers, opens):
    assert "".join("ny"[decision.opens] for decision in decide(*numbers)) == opens


def test_problems_name_the_numbers():
    assert [(d.problem, d.detail) for d in decide(12, 13, 15, 15, "1h", 3, 1990)] == [
        ("gap", "numbering starts at 12"),
        (None, None),
        ("gap", "15 follows 13"),
        ("repeat", "15 again after 15"),
        ("restart", "1h follows 15 under a new heading"),
        ("gap", "3 follows 1"),
        ("passed over", "1990 at the start of a line read as text: not next after 3"),
    ]


def test_a_sequence_goes_on_as_far_in_as_it_began_though_the_outer_one_goes_on_below():
    outer = [Candidate((n,), "dot", f"{n}.", False, fresh=True, announced=False) for n in (1, 2, 3)]
    inner = [Candidate((n,), "dot", f"{n}.", n == 1, fresh=False, announced=False, indented=True) for n in (1, 2, 3)]
    found = numbering.follow([*outer[:2], *inner, outer[2]._replace(after_heading=True)])
    assert [(d.opens, d.run) for d in found] == [(True, run) for run in (1, 1, 2, 2, 2, 1)]


def test_a_sequence_goes_on_after_another():
    decisions = decide(1, 2, 3, "1.1h", "1.2", "2.1", "4", "5", "1h", 2, 3)
    assert [d.run for d in decisions] == [1, 1, 1, 2, 2, 2, 1, 1, 3, 3, 3]
    assert [d.problem for d in decisions if d.problem] == ["restart", "return", "restart"]
    assert decisions[6].detail == "4 goes on from 3, after another numbering"
