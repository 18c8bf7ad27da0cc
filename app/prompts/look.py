"""What the Prompts page asks: a prompt, the model it is put to, and the rows it is about."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import streamlit as st

from app.prompts.state import PROMPTS
from app.prompts.tables import table_of
from core.prompts.typed import read_content_free, read_partials

if TYPE_CHECKING:
    from core.models import LanguageModel
    from core.prompts import PromptSettings, PromptTable, PromptTemplate, Verbalizer
    from core.prompts.writing import Demonstrations


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Everything that decides what a prompt says, as it was typed. Small: fragments keep it."""

    model: str
    title: str
    template: str
    words: str
    averaging: str
    partials: str
    chat: bool
    system: str
    separator: str
    picking: str
    shots: int
    seed: int
    chosen: tuple[int, ...]
    dataset: str
    file: str
    label: str
    calibrate: bool
    free: str

    def prompt(self) -> PromptTemplate:
        """The template. Raises InputError for one that is refused."""
        from core.prompts import PromptTemplate

        return PromptTemplate(self.template, partials=read_partials(self.partials))

    def verbalizer(self) -> Verbalizer:
        """The words of the labels. Raises InputError for what is no verbalizer."""
        from core.prompts import read_verbalizer

        return read_verbalizer(self.words, averaging=self.averaging)  # type: ignore[arg-type]

    def settings(self, table: PromptTable) -> PromptSettings:
        """How the prompt is put together."""
        from core.prompts import PromptSettings

        return PromptSettings(
            label=table.label or "label",
            separator=self.separator.replace("\\n", "\n"),
            chat=self.chat,
            system=self.system or None,
        )

    def table(self) -> PromptTable:
        """The rows, read once for all sessions. Raises InputError for what cannot be read."""
        return table_of(self.dataset, self.file, self.label)

    def content_free(self) -> tuple[str, ...]:
        """The inputs of calibration, a line each."""
        return read_content_free(self.free)

    def demonstrations(
        self, table: PromptTable, *, embedder: LanguageModel | None
    ) -> Demonstrations:
        """The rows that stand before each prompt, or what chooses them for a row."""
        from core.prompts import NearestPicker, pick_demonstrations

        if self.picking == "none":
            return ()
        places = table.part("examples")
        if self.picking == "hand":
            return tuple(table.rows[place] for place in self.chosen if place in set(places))
        rows = table.chosen(places)
        count = min(self.shots, len(rows))
        if self.picking == "nearest" and embedder is not None:
            return NearestPicker(rows, count, model=embedder, text=table.text)
        how = "balanced" if self.picking == "balanced" and table.label else "random"
        return pick_demonstrations(
            rows,
            count,
            how=how,  # type: ignore[arg-type]
            seed=self.seed,
            label=table.label,
            text=table.text,
        )

    def changed(self, **values: object) -> Look:
        """The same with another model, template, words or the like."""
        return replace(self, **values)  # type: ignore[arg-type]


def look_now(models: dict[str, str]) -> Look:
    """What the session holds now."""
    session = st.session_state

    def value(name: str) -> object:
        return session[PROMPTS.key(name)]

    model = str(value("model"))
    return Look(
        model=model,
        title=models.get(model, model),
        template=str(value("template") or ""),
        words=str(value("words") or ""),
        averaging=str(value("averaging")),
        partials=str(value("partials") or ""),
        chat=bool(value("chat")),
        system=str(value("system") or ""),
        separator=str(value("separator") or ""),
        picking=str(value("picking")),
        shots=int(str(value("shots"))),
        seed=int(str(value("seed"))),
        chosen=tuple(session[PROMPTS.key("chosen")]),
        dataset=str(value("dataset") or ""),
        # An upload stays in the session while a dataset is looked at; it is not what runs read.
        file="" if value("dataset") else str(value("file") or ""),
        label=str(value("label") or ""),
        calibrate=bool(value("calibrate")),
        free=str(value("free") or ""),
    )
