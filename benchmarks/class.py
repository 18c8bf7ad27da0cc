# ruff: noqa: N999 - parts are called by their names

"""Thirty sessions follow one teacher: seconds until a change reached all, memory, and idle time."""

from __future__ import annotations

import asyncio
import json
import statistics
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs, urlencode, urlsplit

import psutil

from benchmarks.report import Table, seconds, size
from benchmarks.session_client import PATIENCE, SessionClient
from tests.e2e.driving import home_with_models, start_server, stop_server

STUDENTS: Final = 30
IDLE: Final = 30.0
"""Seconds that nothing moves."""
CHANGES: Final = (
    ("tokens", {"text": "The street was wide."}),
    ("tokens", {"text": "The animal was tired of the street."}),
    *(("attention", {"layer": "3", "head": str(head)}) for head in range(1, 5)),
    ("anatomy", {"step": "scores", "layer": "3", "head": "1"}),
    ("anatomy", {"step": "softmax", "layer": "3", "head": "1"}),
    ("masked", {"text": "The [MASK] of the [MASK] is here."}),
    ("home", {}),
    ("generation", {"text": "The capital of France is"}),
)
"""What the teacher shows, one after another: other pages, texts, selections and steps."""


class Student(SessionClient):
    """A session that follows: it waits for news as the view in the header does."""

    async def enter(self, code: str) -> None:
        """Enter the class, and from then on run at news."""
        await self.run(set_texts={"class.code": code}, press="class_enter")
        await self.wait(lambda: "class_live" in self.messages)
        self.listening = asyncio.create_task(self._listen())

    async def _listen(self) -> None:
        known = self.messages["class_live"]["feed"]["stamp"]
        while True:
            told = await self._ask(known)
            if told.get("over"):
                return
            if told["stamp"] != known:
                known = told["stamp"]
                await self.send()

    async def _ask(self, known: int) -> dict:
        """One request for news, which the server holds until there are some."""
        parts = urlsplit(self.address)
        path = self.messages["class_live"]["address"]
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        head = f"GET /{path}?after={known} HTTP/1.1\r\nHost: {parts.netloc}\r\nConnection: close"
        writer.write(f"{head}\r\n\r\n".encode())
        answer = await reader.read()
        writer.close()
        return json.loads(answer.partition(b"\r\n\r\n")[2])


@dataclass
class Figures:
    """What was measured."""

    reached: list[float]
    drawn: list[float]
    memory: float
    generating: float
    idle: float
    errors: int


def measure() -> Table:
    """One server, one teacher, thirty students, all over web sockets."""
    found = asyncio.run(_measure(STUDENTS, IDLE))
    return table(found, STUDENTS)


def table(found: Figures, students: int) -> Table:
    """The figures as they are written down."""
    slowest = found.reached.index(max(found.reached))
    return Table(
        title=f"A class of {students} follows its teacher",
        about=(
            f"{students} sessions over web sockets, each of its own browser, on the server that "
            f"`make run` starts; {len(CHANGES)} changes of page, text, selection and step. One "
            "has reached a student when the run that shows it has ended. The clients run on the "
            "same machine and are part of the load. Aims: under 2 s, under 15 MB a student, no "
            "error, and no work while nothing moves."
        ),
        head=("what", "figure"),
        rows=(
            (
                "a change, from the teacher's click to the last student: median",
                seconds(statistics.median(found.reached)),
            ),
            (
                f"the slowest change ({CHANGES[slowest][0]})",
                seconds(found.reached[slowest]),
            ),
            (
                "from the teacher's page being drawn to the last student: median",
                seconds(statistics.median(found.drawn)),
            ),
            ("the slowest of these", seconds(max(found.drawn))),
            ("memory of the server, a student, all pages but Generation", size(found.memory)),
            ("what it holds more once all sessions generate, together", size(found.generating)),
            ("processor time of the server while nothing moves, of one core", f"{found.idle:.2%}"),
            ("errors shown to anybody", str(found.errors)),
        ),
    )


async def _measure(count: int, idle: float) -> Figures:
    with tempfile.TemporaryDirectory() as folder:
        process, address = start_server(home_with_models(Path(folder) / "home"))
        try:
            return await _run(psutil.Process(process.pid), address, count, idle)
        finally:
            stop_server(process)


async def _run(server: psutil.Process, address: str, count: int, idle: float) -> Figures:
    teacher = SessionClient(address)
    await teacher.open()
    await teacher.run(press="class_open")
    code = teacher.messages["class_live"]["code"]
    # Every page is known, every model loaded, and made ready for the steps of several at once.
    first = await _students(address, code, count // 2)
    for _turn in range(2):
        for page, link in CHANGES:
            await _show(teacher, page, link)
            await asyncio.gather(*(_arrival(each, teacher) for each in first))
    before = _held(server)
    students = first + await _students(address, code, count - len(first))
    reached, drawn = [], []
    memory, generating = 0.0, 0
    for page, link in CHANGES:
        if page == "generation":
            memory = (_held(server) - before) / max(count - len(first), 1)
            generating = _held(server)
        begin = time.perf_counter()
        await _show(teacher, page, link)
        shown = time.perf_counter()
        async with asyncio.timeout(PATIENCE):
            await asyncio.gather(*(_arrival(each, teacher) for each in students))
        end = time.perf_counter()
        reached.append(end - begin)
        drawn.append(end - shown)
        await asyncio.sleep(0.5)
    generating = _held(server) - generating
    await asyncio.sleep(3)
    used = server.cpu_times()
    await asyncio.sleep(idle)
    later = server.cpu_times()
    taken = later.user + later.system - used.user - used.system
    errors = sum(len(each.errors) for each in (teacher, *students))
    for student in students:
        student.listening.cancel()
    await asyncio.gather(*(each.close() for each in (teacher, *students)))
    return Figures(reached, drawn, memory, generating, taken / idle, errors)


async def _students(address: str, code: str, count: int) -> list[Student]:
    """So many students who follow."""
    students = [Student(address) for _number in range(count)]
    for student in students:
        await student.open()
        await student.enter(code)
    return students


def _held(server: psutil.Process) -> int:
    """Bytes that the server holds of its own: without files that are only mapped, whose pages the
    system drops and reads again as it likes. Where that is not told, all that is resident."""
    status = Path(f"/proc/{server.pid}/status")
    if status.is_file():
        for line in status.read_text().splitlines():
            if line.startswith("RssAnon:"):
                return int(line.split()[1]) * 1024
    return int(server.memory_info().rss)


async def _show(teacher: SessionClient, page: str, link: dict[str, str]) -> None:
    """What a click in the navigation and on the page comes to: the page runs with this address."""
    teacher.query = urlencode(link)
    teacher.hash = next(key for key, name in teacher.pages.items() if name == page)
    await teacher.run()


async def _arrival(student: Student, teacher: SessionClient) -> None:
    """Wait until a student's session shows what the teacher's does, and its run has ended."""
    wanted = parse_qs(teacher.query, keep_blank_values=True)
    await student.wait(
        lambda: (
            student.hash == teacher.hash
            and parse_qs(student.query, keep_blank_values=True) == wanted
            and student.idle
        )
    )
