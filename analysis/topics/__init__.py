"""Topics: words and paragraphs that go together, how many the text supports, and whether they hold still."""

from analysis.topics.cards import Cards, cards
from analysis.topics.choosing import Choice, choose_k
from analysis.topics.comparison import by_group, compare, trend
from analysis.topics.fitting import Topics, fit
from analysis.topics.intrusion import Intrusion, intrusion, overall, score
from analysis.topics.intrusion_sheets import load_sheet, save_sheet
from analysis.topics.labels import label
from analysis.topics.placement import place
from analysis.topics.stable import Stability, stability
from analysis.topics.storage import load, save

__all__ = [
    "Cards",
    "Choice",
    "Intrusion",
    "Stability",
    "Topics",
    "by_group",
    "cards",
    "choose_k",
    "compare",
    "fit",
    "intrusion",
    "label",
    "load",
    "load_sheet",
    "overall",
    "place",
    "save",
    "save_sheet",
    "score",
    "stability",
    "trend",
]
