"""The tables of ``prompts.db``. Times are seconds since 1970."""

from __future__ import annotations

from sqlalchemy import Float, ForeignKey, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """The tables of ``prompts.db``."""


class PromptRow(Base):
    """A prompt; ``tags`` is a JSON list."""

    __tablename__ = "prompts"

    number: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(String(16), unique=True)
    owner: Mapped[str] = mapped_column(String(64), index=True)
    name: Mapped[str] = mapped_column(String(200))
    tags: Mapped[str] = mapped_column(Text, default="[]")
    made: Mapped[float] = mapped_column(Float)


class VersionRow(Base):
    """A version of a prompt; ``content`` is JSON."""

    __tablename__ = "versions"

    prompt: Mapped[int] = mapped_column(ForeignKey("prompts.number"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[str] = mapped_column(Text)
    note: Mapped[str] = mapped_column(Text, default="")
    made: Mapped[float] = mapped_column(Float)


class ResultRow(Base):
    """What was measured with a version; ``result`` is JSON."""

    __tablename__ = "results"

    number: Mapped[int] = mapped_column(primary_key=True)
    prompt: Mapped[int] = mapped_column(ForeignKey("prompts.number"), index=True)
    version: Mapped[int]
    result: Mapped[str] = mapped_column(Text)
