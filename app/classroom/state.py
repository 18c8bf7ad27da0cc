"""What a session holds of the class it takes part in."""

from __future__ import annotations

from typing import Final

TICKET: Final = "class.ticket"
"""The ticket of the session's seat; nothing where it has none."""
LOOKED: Final = "class.looked"
"""Whether it was looked up if this browser has a class already."""
LEFT: Final = "class.left"
"""Whether this session left a class: it is not seated again by itself."""
REPLAYED: Final = "class.replayed"
"""The revision of what the teacher shows that was replayed last."""
LESSON: Final = "class.lesson"
"""The lesson that was opened because the teacher opened it."""
PROBLEM: Final = "class.problem"
"""What was wrong with what was typed last in the panel of the class."""
OVER: Final = "class.over"
"""The code of a class that ended while the session sat in it."""
CODE: Final = "class.code"
QUESTION: Final = "class.question"
CHOICES: Final = "class.choices"
ADDRESS: Final = "class.address"
ANSWER: Final = "class.answer"
PROJECTOR: Final = "class.projector"
"""Whether the page is drawn for a projector."""
