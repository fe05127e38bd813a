"""Topics: words and paragraphs that go together, how many the text supports, and whether they hold still."""

from analysis.topics.cards import Cards, cards
from analysis.topics.choosing import Choice, choose_k
from analysis.topics.comparison import by_group, compare, trend
from analysis.topics.fitting import Topics, fit
from analysis.topics.intrusion import Intrusion, intrusion, overall_intrusion, score_intrusion
from analysis.topics.intrusion_sheets import load_intrusion, save_intrusion
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
    "load_intrusion",
    "overall_intrusion",
    "place",
    "save",
    "save_intrusion",
    "score_intrusion",
    "stability",
    "trend",
]
