"""What is drawn of each mark of a figure, and where."""

import numpy as np
import pandas as pd

from analysis import svg_shapes


def boxes(figure):
    """Where each mark is: the box around what is drawn of it, letters apart."""
    rows = [svg_shapes.bounds(drawn) for drawn in own(figure)]
    left, top, right, bottom = np.array(rows, float).reshape(-1, 4).T
    return pd.DataFrame(
        {
            "left": left,
            "right": right,
            "width": right - left,
            "x": (left + right) / 2,
            "top": top,
            "bottom": bottom,
            "height": bottom - top,
            "y": (top + bottom) / 2,
        }
    )


def own(figure):
    """For each row of the table what is drawn of its mark, letters apart."""
    drawn = {
        name: [shape for shape in shapes if len(shape.points) and not shape.letter] for name, shapes in figure.shapes
    }
    return [drawn.get(mark, []) for mark in figure.data["mark"]]
