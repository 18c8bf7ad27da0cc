"""The open classes: who teaches and who follows, what is shown, and news for those who wait.

Each browser session that takes part has a seat, known by a ticket that nobody can guess. All that
moves is in memory; what must outlive a restart is in the tables besides. Nothing here runs by
itself: who waits for news is called when there are some.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from core.classes.codes import new_code, read_code
from core.classes.seats import Feed, OpenClass, Question, Seat, Shown, Spread
from core.classes.table import ClassTable, Kept
from core.errors import InputError, NotAllowedError
from core.language import _

LASTS: Final = 4 * 3600.0
"""Seconds that a code is good for after the teacher did something."""
GRACE: Final = 5.0
"""Seconds that a seat counts as taken between two looks for news."""
STALE: Final = 600.0
"""Seconds without a look, after which a seat is cleared."""
MOST_CLASSES: Final = 100
MOST_SEATS: Final = 500
"""Seats of one class."""
MOST_OWN: Final = 8
"""Seats of one browser that nothing listens on: a page that is loaded anew takes another."""
MOST_CHOICES: Final = 8
QUESTIONS_SHOWN: Final = 3


class Classes:
    """All classes of this server. Safe to use from any thread."""

    def __init__(self, table: ClassTable, clock: Callable[[], float] = time.time) -> None:
        self._table = table
        self._clock = clock
        self._lock = threading.RLock()
        self._open: dict[str, OpenClass] = {}
        self._codes: dict[str, str] = {}  # ticket → code
        self._calls = 0

    # ---- coming and going

    def open(self, owner: str) -> Seat:
        """Open a class and take its teacher's seat. Raises NotAllowedError beyond 100 classes."""
        with self._lock:
            now = self._clock()
            self._table.forget(now)
            for code in [code for code, each in self._open.items() if each.expires <= now]:
                self._end(code)
            if self._table.count(now) >= MOST_CLASSES:
                raise NotAllowedError(
                    _("{most} classes are open: end one first.").format(most=MOST_CLASSES)
                )
            code = new_code(lambda one: self._table.find(one) is not None)
            self._open[code] = OpenClass(owner=owner, expires=now + LASTS, shown=Shown(revision=0))
            self._save(code)
            return self._sit(code, owner, teacher=True)

    def take_up(self, owner: str) -> Seat | None:
        """The teacher's seat of the class that ``owner`` has open, unless it is taken already."""
        with self._lock:
            code = self._table.owned(owner, self._clock())
            found = None if code is None else self._live(code)
            if code is None or found is None:
                return None
            if any(seat.teacher and self._is_there(seat) for seat in found.seats.values()):
                return None
            return self._sit(code, owner, teacher=True)

    def enter(self, text: str, member: str) -> Seat:
        """Take a seat in the class of a code as it was typed.

        Raises InputError where no class has it, or the class is over or full.
        """
        code = read_code(text)
        with self._lock:
            found = self._live(code)
            if found is None:
                raise InputError(self._why_not(code))
            return self._sit(code, member, teacher=False)

    def sit_again(self, member: str) -> Seat | None:
        """A seat for a session whose browser follows a class already; None where none does.

        It follows only if no other session of that browser does at this moment: a page that was
        loaded anew goes on, a second window stays where it is.
        """
        with self._lock:
            for code, each in self._open.items():
                own = [seat for seat in each.seats.values() if seat.member == member]
                students = [seat for seat in own if not seat.teacher]
                if students and each.expires > self._clock():
                    followed = any(seat.following for seat in students)
                    alone = not any(seat.listening for seat in students)
                    seat = self._sit(code, member, teacher=False)
                    seat.following = followed and alone
                    return seat
        return None

    def seat(self, ticket: str) -> Seat | None:
        """The seat of a ticket, None where its class is over or the seat was cleared."""
        with self._lock:
            found = self._of(ticket)
            if found is None:
                return None
            seat = found.seats[ticket]
            seat.seen = self._clock()
            return seat

    def leave(self, ticket: str) -> None:
        """Give a seat back."""
        with self._lock:
            found = self._of(ticket)
            code = self._codes.pop(ticket, "")
            if found is not None:
                member = found.seats[ticket].member
                for own in [key for key, seat in found.seats.items() if seat.member == member]:
                    if not found.seats[own].teacher:
                        del found.seats[own]
                found.seats.pop(ticket, None)
                self._tell(code)

    def close(self, ticket: str) -> None:
        """End a class: its code is good for nothing from now on."""
        with self._lock:
            self._required_teacher(ticket)
            code = self._codes[ticket]
            self._table.forget(0, code=code)
            self._end(code)

    # ---- what is shown

    def show(self, ticket: str, page: str, link: Mapping[str, str]) -> None:
        """Show everybody a page; only of the teacher's seat, and only where something changed."""
        with self._lock:
            found = self._required_teacher(ticket)
            if (found.shown.page, dict(found.shown.link)) == (page, dict(link)):
                return
            shown = replace(found.shown, page=page, link=dict(link))
            self._change(self._codes[ticket], shown)

    def ask(self, ticket: str, text: str, choices: Sequence[str] = ()) -> None:
        """Ask everybody a question; an empty text takes the question back."""
        text = text.strip()
        kept = tuple(dict.fromkeys(filter(None, map(str.strip, choices))))
        if len(kept) > MOST_CHOICES:
            raise InputError(
                _("{count} choices: at most {most} can be given.").format(
                    count=len(kept), most=MOST_CHOICES
                )
            )
        with self._lock:
            found = self._required_teacher(ticket)
            question = Question(id=secrets.token_hex(4), text=text[:300], choices=kept)
            shown = replace(found.shown, question=question if text else None)
            self._change(self._codes[ticket], shown)

    def shown(self, ticket: str) -> Shown | None:
        """What a seat is shown."""
        with self._lock:
            found = self._of(ticket)
            return None if found is None else found.shown

    def follow(self, ticket: str, following: bool) -> None:
        """Follow from now on, or let go."""
        with self._lock:
            found = self._of(ticket)
            if found is not None and found.seats[ticket].following != following:
                found.seats[ticket].following = following
                self._tell(self._codes[ticket])

    # ---- answers

    def answer(self, ticket: str, question: str, answer: str, *, title: str = "") -> None:
        """Keep the answer of a student's seat; a teacher's own is not counted."""
        seat = self.seat(ticket)
        if seat is not None and not seat.teacher:
            self.post_answer(seat.code, question, answer, member=seat.member, title=title)

    def post_answer(
        self, code: str, question: str, answer: str, *, member: str, title: str = ""
    ) -> None:
        """Keep what ``member`` answers to a question of any page; the last answer counts.

        ``title`` is the question as the teacher reads it. Raises InputError for a blank answer.
        """
        if not answer.strip():
            raise InputError(_("An empty answer cannot be sent: write one first."))
        with self._lock:
            if self._live(code) is None:
                raise InputError(self._why_not(code))
            self._table.answer(
                code=code,
                question=question,
                title=title or question,
                member=member,
                answer=" ".join(answer.split()),
                now=self._clock(),
            )
            self._tell(code)

    def spreads(self, code: str) -> tuple[Spread, ...]:
        """The answers to the questions that were answered last."""
        return tuple(
            Spread(title=title, answers=tuple(self._table.spread(code, question)))
            for question, title in self._table.questions(code, QUESTIONS_SHOWN)
        )

    def spread(self, code: str, question: str) -> tuple[tuple[str, int], ...]:
        """Answers to one question and how many gave each, the most frequent first."""
        return tuple(self._table.spread(code, question))

    # ---- news

    def hear(self, ticket: str) -> Feed | None:
        """What a seat is told now; None where its class is over."""
        with self._lock:
            found = self._of(ticket)
            if found is None:
                return None
            seat = found.seats[ticket]
            seat.seen = self._clock()
            if not seat.teacher:
                return Feed(stamp=found.shown.revision)
            stamp, followers = found.news, self._followers(found)
        return Feed(stamp=stamp, followers=followers, spreads=self.spreads(seat.code))

    def listen(self, ticket: str, call: Callable[[], None]) -> Callable[[bool], None]:
        """Call ``call`` at every news for a seat, until what is returned is called: with True
        where whoever listened is gone, not only done with this wait."""
        with self._lock:
            found = self._of(ticket)
            if found is None:
                return lambda _gone: None
            seat, code = found.seats[ticket], self._codes[ticket]
            arrives = not self._is_there(seat)
            self._calls += 1
            number = self._calls
            seat.listening += 1
            seat.seen = self._clock()
            found.waiting[number] = (seat, call)
            if arrives and not seat.teacher:
                self._tell(code)

        def stop(gone: bool) -> None:
            with self._lock:
                found.waiting.pop(number, None)
                seat.listening -= 1
                seat.seen = self._clock() - (2 * GRACE if gone else 0)
                if gone and not seat.teacher and code in self._open:
                    self._tell(code)

        return stop

    # ---- inside

    def _of(self, ticket: str) -> OpenClass | None:
        """The class of a ticket, where it has a seat there still."""
        code = self._codes.get(ticket)
        found = None if code is None else self._live(code)
        return None if found is None or ticket not in found.seats else found

    def _live(self, code: str) -> OpenClass | None:
        """The open class of a code; after a restart it comes from the tables."""
        found = self._open.get(code)
        if found is None:
            kept = self._table.find(code)
            if kept is None:
                return None
            question = Question.read(kept.question)
            shown = Shown(revision=1, page=kept.page, link=kept.link, question=question)
            found = OpenClass(owner=kept.owner, expires=kept.expires, shown=shown)
            if found.expires > self._clock():
                self._open[code] = found
        if found.expires <= self._clock():
            self._end(code)
            return None
        return found

    def _why_not(self, code: str) -> str:
        if self._table.find(code) is None:
            return _("No class has the code {code}: look at the board again.").format(
                code=code[:12]
            )
        return _("The class {code} is over: ask your teacher for a new code.").format(code=code)

    def _required_teacher(self, ticket: str) -> OpenClass:
        found = self._of(ticket)
        if found is None or not found.seats[ticket].teacher:
            raise NotAllowedError(_("This class is over, or it is not yours: open a new one."))
        return found

    def _sit(self, code: str, member: str, *, teacher: bool) -> Seat:
        found, now = self._open[code], self._clock()
        left = {key: seat for key, seat in found.seats.items() if not seat.listening}
        own = [key for key, seat in left.items() if seat.member == member]
        old = [key for key, seat in left.items() if now - seat.seen > STALE]
        for key in {*old, *own[: 1 - MOST_OWN]}:
            del found.seats[key]
            self._codes.pop(key, None)
        if len(found.seats) >= MOST_SEATS and not teacher:
            raise InputError(
                _("The class {code} is full: {most} follow it.").format(code=code, most=MOST_SEATS)
            )
        seat = Seat(
            ticket=secrets.token_hex(16),
            code=code,
            member=member,
            teacher=teacher,
            following=not teacher,
            seen=now,
        )
        found.seats[seat.ticket] = seat
        self._codes[seat.ticket] = code
        if not teacher:
            self._tell(code)
        return seat

    def _is_there(self, seat: Seat) -> bool:
        return seat.listening > 0 or self._clock() - seat.seen < GRACE

    def _followers(self, found: OpenClass) -> int:
        return len(
            {
                seat.member
                for seat in found.seats.values()
                if seat.following and self._is_there(seat)
            }
        )

    def _change(self, code: str, shown: Shown) -> None:
        found = self._open[code]
        found.shown = replace(shown, revision=found.shown.revision + 1)
        found.expires = self._clock() + LASTS
        self._save(code)
        self._tell(code, everybody=True)

    def _save(self, code: str) -> None:
        found = self._open[code]
        question = found.shown.question
        self._table.save(
            Kept(
                code=code,
                owner=found.owner,
                expires=found.expires,
                page=found.shown.page,
                link=found.shown.link,
                question={} if question is None else question.written(),
            )
        )

    def _tell(self, code: str, *, everybody: bool = False) -> None:
        """Call those who wait: the teacher for every news, the others for what they are shown."""
        found = self._open[code]
        found.news += 1
        for seat, call in list(found.waiting.values()):
            if everybody or seat.teacher:
                call()

    def _end(self, code: str) -> None:
        found = self._open.pop(code, None)
        if found is None:
            return
        for ticket in found.seats:
            self._codes.pop(ticket, None)
        for _seat, call in list(found.waiting.values()):
            call()
