"""Classes: what is shown, who follows, the spread of answers, and codes that expire."""

from __future__ import annotations

import pytest

from core.classes import Classes, Question, read_code
from core.classes.classes import LASTS, MOST_CHOICES, MOST_SEATS
from core.classes.codes import ALPHABET
from core.classes.table import ClassTable
from core.errors import InputError, NotAllowedError
from core.records import Records


class Clock:
    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def records(tmp_path):
    opened = Records(tmp_path / "headlight.db")
    yield opened
    opened.close()


@pytest.fixture
def classes(records, clock):
    return Classes(ClassTable(records), clock)


def test_a_student_is_shown_what_the_teacher_shows_and_its_revision_grows(classes):
    teacher = classes.open("owner")
    student = classes.enter(teacher.code.lower(), "ann")
    assert classes.shown(student.ticket).page == ""
    classes.show(teacher.ticket, "tokens", {"text": "a"})
    first = classes.shown(student.ticket)
    assert (first.page, dict(first.link)) == ("tokens", {"text": "a"})
    classes.show(teacher.ticket, "tokens", {"text": "a"})
    assert classes.shown(student.ticket).revision == first.revision
    classes.show(teacher.ticket, "tokens", {"text": "b"})
    assert classes.shown(student.ticket).revision == first.revision + 1


def test_only_the_teachers_seat_shows_asks_and_ends(classes):
    teacher = classes.open("owner")
    student = classes.enter(teacher.code, "ann")
    for act in (
        lambda: classes.show(student.ticket, "tokens", {}),
        lambda: classes.ask(student.ticket, "Why?"),
        lambda: classes.close(student.ticket),
        lambda: classes.show("no ticket", "tokens", {}),
    ):
        with pytest.raises(NotAllowedError):
            act()


def test_who_listens_is_called_and_students_only_for_what_they_are_shown(classes):
    teacher = classes.open("owner")
    student = classes.enter(teacher.code, "ann")
    called = []
    stop = classes.listen(student.ticket, lambda: called.append("student"))
    classes.listen(teacher.ticket, lambda: called.append("teacher"))
    classes.show(teacher.ticket, "tokens", {})
    assert called == ["student", "teacher"]
    classes.answer(student.ticket, "q", "7")
    assert called == ["student", "teacher", "teacher"]
    stop(False)
    classes.show(teacher.ticket, "attention", {})
    assert called.count("student") == 1


def test_the_teacher_sees_how_many_follow(classes, clock):
    teacher = classes.open("owner")
    seats = [classes.enter(teacher.code, f"student {number}") for number in range(3)]
    stops = [classes.listen(seat.ticket, lambda: None) for seat in seats]
    clock.now += 60
    assert classes.hear(teacher.ticket).followers == 3
    classes.follow(seats[0].ticket, False)
    assert classes.hear(teacher.ticket).followers == 2
    stops[1](True)  # closed the browser
    assert classes.hear(teacher.ticket).followers == 1
    classes.leave(seats[2].ticket)
    assert classes.hear(teacher.ticket).followers == 0


def test_the_spread_counts_the_last_answer_of_each_and_not_the_teachers(classes):
    teacher = classes.open("owner")
    for member, answers in {"ann": ["12", "13"], "bob": [" 13 "], "cy": ["17"]}.items():
        seat = classes.enter(teacher.code, member)
        for answer in answers:
            classes.answer(seat.ticket, "lesson-1", answer, title="How many pieces?")
    classes.answer(teacher.ticket, "lesson-1", "13")
    assert classes.spread(teacher.code, "lesson-1") == (("13", 2), ("17", 1))
    (spread,) = classes.hear(teacher.ticket).spreads
    assert (spread.title, spread.total) == ("How many pieces?", 3)
    with pytest.raises(InputError):
        classes.post_answer(teacher.code, "lesson-1", "  ", member="dan")


def test_a_question_reaches_the_students_and_is_taken_back(classes):
    teacher = classes.open("owner")
    student = classes.enter(teacher.code, "ann")
    classes.ask(teacher.ticket, "Which head?", ["3.1", "5.11", "3.1", " "])
    asked = classes.shown(student.ticket).question
    assert (asked.text, asked.choices) == ("Which head?", ("3.1", "5.11"))
    classes.ask(teacher.ticket, "")
    assert classes.shown(student.ticket).question is None
    with pytest.raises(InputError):
        classes.ask(teacher.ticket, "Many?", [str(each) for each in range(MOST_CHOICES + 1)])


def test_a_wrong_code_is_told_from_one_that_expired(classes, clock):
    teacher = classes.open("owner")
    wrong = "22222" if teacher.code != "22222" else "33333"
    with pytest.raises(InputError, match="No class has the code"):
        classes.enter(wrong, "ann")
    clock.now += LASTS + 1
    with pytest.raises(InputError, match="is over"):
        classes.enter(teacher.code, "ann")
    assert classes.hear(teacher.ticket) is None


@pytest.mark.parametrize("text", ["", "ABC", "ABCDEFG", "0OIL1", "<b>AB", "一二三四五"])
def test_what_cannot_be_a_code_is_said(text):
    with pytest.raises(InputError, match="class code has 5 signs"):
        read_code(text)


def test_a_code_may_be_typed_in_small_letters_with_spaces():
    assert read_code(" ab-c de ") == "ABCDE"
    assert not set("01ILO") & set(ALPHABET)


def test_a_class_goes_on_after_a_restart(records, clock):
    before = Classes(ClassTable(records), clock)
    teacher = before.open("owner")
    before.show(teacher.ticket, "tokens", {"text": "它太累了"})
    before.ask(teacher.ticket, "Why?", ["a", "b"])
    before.answer(before.enter(teacher.code, "ann").ticket, "q", "7")
    after = Classes(ClassTable(records), clock)
    student = after.enter(teacher.code, "bob")
    shown = after.shown(student.ticket)
    assert (shown.page, dict(shown.link)) == ("tokens", {"text": "它太累了"})
    assert isinstance(shown.question, Question)
    assert after.spread(teacher.code, "q") == (("7", 1),)
    taken_up = after.take_up("owner")
    assert taken_up is not None
    assert taken_up.code == teacher.code
    assert after.take_up("owner") is None  # a second window of the teacher does not show too
    assert after.take_up("somebody") is None


def test_a_page_loaded_anew_follows_on_and_a_second_window_does_not(classes):
    teacher = classes.open("owner")
    first = classes.enter(teacher.code, "ann")
    stop = classes.listen(first.ticket, lambda: None)
    assert classes.sit_again("ann").following is False
    stop(True)
    classes.follow(first.ticket, True)
    assert classes.sit_again("ann").following is True
    assert classes.sit_again("bob") is None
    classes.leave(first.ticket)
    assert classes.sit_again("ann") is None


def test_one_browser_that_loads_its_page_again_and_again_fills_no_class(classes):
    teacher = classes.open("owner")
    classes.enter(teacher.code, "ann")
    for _load in range(MOST_SEATS + 10):
        again = classes.sit_again("ann")
    assert classes.seat(again.ticket) is not None
    assert classes.enter(teacher.code, "ben").member == "ben"


def test_a_teacher_finds_a_place_in_a_full_class(classes, clock):
    teacher = classes.open("owner")
    for number in range(MOST_SEATS - 1):
        classes.enter(teacher.code, f"student {number}")
    with pytest.raises(InputError, match="full"):
        classes.enter(teacher.code, "one more")
    clock.now += 60
    assert classes.take_up("owner").teacher


def test_an_ended_class_calls_those_who_wait_and_keeps_nothing(classes):
    teacher = classes.open("owner")
    student = classes.enter(teacher.code, "ann")
    called = []
    stop = classes.listen(student.ticket, lambda: called.append(1))
    classes.close(teacher.ticket)
    assert called == [1]
    assert classes.hear(student.ticket) is None
    stop(True)
    with pytest.raises(InputError, match="No class has the code"):
        classes.enter(teacher.code, "bob")
