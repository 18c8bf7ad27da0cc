"""Classes: a teacher's page shown to those who follow, and what they answer.

A class has a short code that expires. What is shown is a page's name and its link; what a page is,
and how a link is replayed, this package does not know.

    classes.py   the open classes, who follows, what is shown, news for those who wait
    seats.py     what a class consists of
    codes.py     the short codes
    guesses.py   wrong codes, slowed down
    table.py     what outlives a restart: classes and answers
"""

from core.classes.classes import Classes
from core.classes.codes import CODE_LENGTH, read_code
from core.classes.guesses import Guesses
from core.classes.seats import Feed, Question, Seat, Shown, Spread
from core.classes.table import ClassTable

__all__ = [
    "CODE_LENGTH",
    "ClassTable",
    "Classes",
    "Feed",
    "Guesses",
    "Question",
    "Seat",
    "Shown",
    "Spread",
    "read_code",
]
