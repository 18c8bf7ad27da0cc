"""What the rooms of the Tasks page make of answers."""

from __future__ import annotations

import numpy as np

from app.tasks.comprehension import AROUND, marked
from app.tasks.facts import quality_words
from app.tasks.many import answers_csv
from app.tasks.state import TASKS, known_examples
from app.tasks.tagging import chips
from core.export import CSV_SKIP, Provenance
from core.language import speaking
from core.tasks import all_tasks
from core.tasks.classification import ClassAnswer
from core.tasks.comprehension import Passage
from core.tasks.measuring import FLOORS, MEASURES, Measured, measured
from core.tasks.tagging import TagAnswer, words_of

SOURCE = Provenance(
    model="m", weights="w", dtype="d", device="cpu", headlight="1", torch="2", transformers="5"
)


def test_an_answer_is_marked_and_no_sign_of_the_text_is_acted_on():
    text = "*A* lighthouse at [Arden](x) was built in 1871."
    start = text.index("1871")
    shown = marked(text, Passage(start=start, end=start + 4, probability=0.5))
    assert shown.endswith("in :orange-background[**1871** 0.500]\\.")
    assert "\\*A\\*" in shown
    assert "](" not in shown.replace("\\](", "").replace("]\\(", "")


def test_of_a_long_text_the_neighbourhood_is_shown():
    text = "a " * 500 + "here" + " b" * 500
    shown = marked(text, Passage(start=1000, end=1004, probability=0.5))
    assert shown.startswith("…")
    assert shown.endswith("…")
    assert len(shown) < 2 * AROUND + 60


def test_tags_stand_on_chips_in_words_and_in_colours():
    shares = np.eye(5, dtype=np.float32)[[1, 2, 0, 3, 4]]
    found = TagAnswer(
        text="李明去北京",
        words=words_of("李明去北京"),
        label_names=("O", "B-PER", "I-PER", "B-LOC", "I-LOC"),
        probabilities=shares,
    )
    made = chips(found)
    assert [chip.tag for chip in made] == ["PER", "PER", "", "LOC", "LOC"]
    assert [chip.colour for chip in made] == [0, 0, None, 1, 1]
    assert made[0].details[0] == ("B-PER", "1.000")


def test_a_table_of_answers_has_a_row_for_each_and_runs_no_formula():
    shares = np.array([0.25, 0.75], dtype=np.float32)
    answers = [
        ClassAnswer(text="=1+1", label_names=("a", "b"), probabilities=shares),
        ClassAnswer(text=" ", label_names=("a", "b"), problem="empty"),
    ]
    lines = answers_csv(answers, SOURCE).splitlines()[CSV_SKIP:]
    assert lines == [
        "text,label,probability,p_a,p_b,note", "'=1+1,b,0.75,0.25,0.75,", " ,,,,,empty",
    ]  # fmt: skip


def test_every_example_is_known_as_one_that_nobody_typed():
    texts, seconds = known_examples()
    for task in all_tasks():
        assert task.example("zh").text in texts
        assert task.example("en").second in seconds
    session: dict[str, object] = {}
    with speaking("zh"):
        TASKS.read(session, {}, None)
    assert session["tasks.text"] in texts


def test_what_was_measured_is_said_with_its_interval_in_both_languages():
    row = Measured(
        task="t", way="tuned", model="m", data="d", measure="accuracy", value=0.9, low=0.85,
        high=0.93, count=1000, floor=0.5, floor_name=FLOORS[0],
    )  # fmt: skip
    assert quality_words(row) == (
        "accuracy 0.900 (0.850 to 0.930) of 1,000 (always the commonest label 0.500)"
    )
    with speaking("zh"):
        assert "accuracy" not in quality_words(row)


def test_everything_that_was_measured_can_be_said():
    names = {task.id: task for task in all_tasks()}
    for row in measured():
        assert row.measure in MEASURES
        assert row.floor_name in ("", *FLOORS)
        assert row.model in names[row.task].models.values()
