"""``PromptLibrary``: the saved prompts of this server, in ``prompts.db`` beside its other state.

A prompt belongs to the browser that saved it: only its owner changes or deletes it; who has its id
may read it, so that a link to it works. A version is never changed once it is saved.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from core import storage
from core.database import open_database
from core.errors import InputError, NotAllowedError
from core.language import _
from core.prompts.library.content import PromptContent, PromptResult
from core.prompts.library.saved import NewPrompt, NewVersion, SavedPrompt, SavedVersion
from core.prompts.library.tables import Base, PromptRow, ResultRow, VersionRow

FILE: Final = "prompts.db"
NAME_LIMIT: Final = 80
NOTE_LIMIT: Final = 2_000
TAG_LIMIT: Final = 30
TAGS_LIMIT: Final = 12
PROMPTS_LIMIT: Final = 500
"""The most prompts of one owner."""
VERSIONS_LIMIT: Final = 500
"""The most versions of one prompt."""
RESULTS_LIMIT: Final = 50
"""The results that are kept with one version: the newest."""


class PromptLibrary:
    """The library at ``path``; one per process, safe to share between threads.

    What takes a ``prompt_id`` raises InputError where there is no such prompt; what changes one
    raises NotAllowedError for whoever is not its owner.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._engine = open_database(path or storage.home() / FILE, Base.metadata)
        self._readers = self._engine.execution_options(reading=True)

    def save(self, new: NewPrompt, *, owner: str) -> SavedPrompt:
        """Save a prompt that is not there yet. Raises InputError for what cannot be saved."""
        return self.save_all((new,), owner=owner)[0]

    def save_all(self, prompts: Sequence[NewPrompt], *, owner: str) -> tuple[SavedPrompt, ...]:
        """Save several prompts, all or none of them."""
        checked = [_checked(new) for new in prompts]
        with Session(self._engine) as session, session.begin():
            own = select(func.count()).select_from(PromptRow).where(PromptRow.owner == owner)
            count = (session.scalar(own) or 0) + len(checked)
            if count > PROMPTS_LIMIT:
                raise InputError(
                    _(
                        "These would be {count} prompts, the limit is {limit}: delete some first."
                    ).format(count=count, limit=PROMPTS_LIMIT)
                )
            rows = [_add(session, new, owner) for new in checked]
            return tuple(_saved(session, row) for row in rows)

    def add_version(
        self, prompt_id: str, content: PromptContent, *, owner: str, note: str = ""
    ) -> SavedVersion:
        """Save ``content`` as the next version; the newest where that is equal to it."""
        with Session(self._engine) as session, session.begin():
            row = _own(session, prompt_id, owner)
            newest = _saved(session, row).newest
            if newest.content == content:
                return newest
            number = newest.number + 1
            if number > VERSIONS_LIMIT:
                raise InputError(
                    _("A prompt has at most {limit} versions: save this one as new.").format(
                        limit=VERSIONS_LIMIT
                    )
                )
            version = NewVersion(content=content, note=_checked_note(note))
            _add_version(session, row.number, number, version)
            return _saved(session, row).newest

    def keep_result(
        self, prompt_id: str, version: int, result: PromptResult, *, owner: str
    ) -> None:
        """Keep what was measured with a version, of the oldest no more than ``RESULTS_LIMIT``."""
        if not result.made:
            result = replace(result, made=time.time())
        with Session(self._engine) as session, session.begin():
            row = _own(session, prompt_id, owner)
            if _saved(session, row).version(version) is None:
                raise _unknown(f"{prompt_id} @ {version}")
            _add_result(session, row.number, version, result)
            session.flush()
            here = (ResultRow.prompt == row.number) & (ResultRow.version == version)
            newest = select(ResultRow.number).where(here).order_by(ResultRow.number.desc())
            old = session.scalars(newest.offset(RESULTS_LIMIT)).all()
            session.execute(delete(ResultRow).where(ResultRow.number.in_(old)))

    def get(self, prompt_id: str) -> SavedPrompt:
        """The prompt with its versions and their results."""
        with Session(self._readers) as session:
            return _saved(session, _row(session, prompt_id))

    def list(self, *, owner: str) -> tuple[SavedPrompt, ...]:
        """The prompts of ``owner``, the one changed last first."""
        with Session(self._readers) as session:
            rows = session.scalars(select(PromptRow).where(PromptRow.owner == owner)).all()
            found = [_saved(session, row) for row in rows]
        return tuple(sorted(found, key=lambda each: each.newest.made, reverse=True))

    def describe(self, prompt_id: str, *, owner: str, name: str, tags: Sequence[str]) -> None:
        """Give the prompt a name and tags. Raises InputError for what cannot be."""
        with Session(self._engine) as session, session.begin():
            row = _own(session, prompt_id, owner)
            row.name, row.tags = _checked_name(name), json.dumps(_checked_tags(tags))

    def delete(self, prompt_id: str, *, owner: str) -> None:
        """Remove the prompt with all its versions and results."""
        with Session(self._engine) as session, session.begin():
            row = _own(session, prompt_id, owner)
            session.execute(delete(ResultRow).where(ResultRow.prompt == row.number))
            session.execute(delete(VersionRow).where(VersionRow.prompt == row.number))
            session.delete(row)

    def close(self) -> None:
        """Give back every connection."""
        self._engine.dispose()


def _add(session: Session, new: NewPrompt, owner: str) -> PromptRow:
    row = PromptRow(
        id=secrets.token_hex(5),
        owner=owner,
        name=new.name,
        tags=json.dumps(list(new.tags), ensure_ascii=False),
        made=time.time(),
    )
    session.add(row)
    session.flush()
    for number, version in enumerate(new.versions, 1):
        _add_version(session, row.number, number, version)
    return row


def _add_version(session: Session, prompt: int, number: int, version: NewVersion) -> None:
    session.add(
        VersionRow(
            prompt=prompt,
            version=number,
            content=json.dumps(version.content.to_values(), ensure_ascii=False),
            note=version.note,
            made=time.time(),
        )
    )
    for result in version.results[-RESULTS_LIMIT:]:
        _add_result(session, prompt, number, result)
    session.flush()


def _add_result(session: Session, prompt: int, number: int, result: PromptResult) -> None:
    text = json.dumps(result.to_values(), ensure_ascii=False)
    session.add(ResultRow(prompt=prompt, version=number, result=text))


def _saved(session: Session, row: PromptRow) -> SavedPrompt:
    versions = select(VersionRow).where(VersionRow.prompt == row.number)
    results = select(ResultRow).where(ResultRow.prompt == row.number).order_by(ResultRow.number)
    by_version: dict[int, list[PromptResult]] = {}
    for each in session.scalars(results):
        found = PromptResult.from_values(json.loads(each.result))
        by_version.setdefault(each.version, []).append(found)
    return SavedPrompt(
        id=row.id,
        name=row.name,
        tags=tuple(json.loads(row.tags)),
        owner=row.owner,
        made=datetime.fromtimestamp(row.made, UTC),
        versions=tuple(
            SavedVersion(
                number=each.version,
                content=PromptContent.from_values(json.loads(each.content)),
                note=each.note,
                made=datetime.fromtimestamp(each.made, UTC),
                results=tuple(by_version.get(each.version, ())),
            )
            for each in session.scalars(versions.order_by(VersionRow.version))
        ),
    )


def _row(session: Session, prompt_id: str) -> PromptRow:
    row = session.scalar(select(PromptRow).where(PromptRow.id == prompt_id))
    if row is None:
        raise _unknown(prompt_id)
    return row


def _own(session: Session, prompt_id: str, owner: str) -> PromptRow:
    row = _row(session, prompt_id)
    if row.owner != owner:
        raise NotAllowedError(
            _("“{name}” belongs to another browser: save it as your own first.").format(
                name=row.name
            )
        )
    return row


def _unknown(prompt_id: str) -> InputError:
    return InputError(
        _("There is no saved prompt {id}: it may have been deleted.").format(
            id=ascii(prompt_id[:40])[1:-1]
        )
    )


def _checked(new: NewPrompt) -> NewPrompt:
    if not new.versions or len(new.versions) > VERSIONS_LIMIT:
        raise InputError(
            _("“{name}” has {count} versions: it must have 1 to {limit}.").format(
                name=new.name[:NAME_LIMIT], count=len(new.versions), limit=VERSIONS_LIMIT
            )
        )
    for version in new.versions:
        _checked_note(version.note)
    return replace(new, name=_checked_name(new.name), tags=tuple(_checked_tags(new.tags)))


def _checked_name(name: str) -> str:
    found = " ".join(name.split())
    if not found or len(found) > NAME_LIMIT:
        raise InputError(
            _("The name has {size} characters: give it 1 to {limit}.").format(
                size=len(found), limit=NAME_LIMIT
            )
        )
    return found


def _checked_tags(tags: Sequence[str]) -> list[str]:
    found = list(dict.fromkeys(" ".join(tag.split()) for tag in tags if tag.strip()))
    if len(found) > TAGS_LIMIT or any(len(tag) > TAG_LIMIT for tag in found):
        raise InputError(
            _("A prompt has at most {count} tags of at most {limit} characters.").format(
                count=TAGS_LIMIT, limit=TAG_LIMIT
            )
        )
    return found


def _checked_note(note: str) -> str:
    if len(note) > NOTE_LIMIT:
        raise InputError(
            _("Too long for a note: {size} characters, the limit is {limit}.").format(
                size=len(note), limit=NOTE_LIMIT
            )
        )
    return note
