"""What a browser did last: for each page the link that reopens it."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Float, String, Text, select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.orm import Mapped, mapped_column

from core.records import Base, Records


class RecentRow(Base):
    """The last state of a page in a browser."""

    __tablename__ = "recent"

    owner: Mapped[str] = mapped_column(String(64), primary_key=True)
    page: Mapped[str] = mapped_column(String(40), primary_key=True)
    link: Mapped[str] = mapped_column(Text)
    changed: Mapped[float] = mapped_column(Float)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recent:
    """A page, and the link that it had last."""

    page: str
    link: Mapping[str, str]


class RecentWork:
    """The table ``recent``: one row for a browser and a page, so that it stays small."""

    def __init__(self, records: Records) -> None:
        self._records = records
        records.make_tables()

    def note(self, owner: str, page: str, link: Mapping[str, str]) -> None:
        """Keep the link that ``page`` has now, in place of the one it had."""
        values = {"link": json.dumps(dict(link), ensure_ascii=False), "changed": time.time()}
        row = insert(RecentRow).values(owner=owner, page=page, **values)
        with self._records.writing() as session:
            session.execute(
                row.on_conflict_do_update(index_elements=["owner", "page"], set_=values)
            )

    def of(self, owner: str, most: int = 4) -> tuple[Recent, ...]:
        """What a browser did last, the latest first."""
        asked = select(RecentRow).where(RecentRow.owner == owner)
        with self._records.reading() as session:
            rows = session.scalars(asked.order_by(RecentRow.changed.desc()).limit(most))
            return tuple(Recent(page=row.page, link=dict(json.loads(row.link))) for row in rows)
