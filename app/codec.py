"""The link codec: how the state of a page becomes an address, and an address a state.

The address bar is written on every run, defaults included, so that copying it is sharing; it is
read when it is none that the page wrote or read before (a pasted link), or when somebody went back.
A bad value is named to the reader and its default used. States beyond ``LINK_LIMIT`` bytes are
stored, and the link is ``?x=ID``. What a page's state consists of is declared in ``app.state``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass
from math import nan
from typing import Final, Protocol
from urllib.parse import urlencode

from core.errors import InputError, LinkError
from core.language import _, speaking

PAGE_KEY: Final = "links.page"
"""The session key of the page that was shown last."""
EARLIER: Final = 16
"""Written links that are remembered, so that none is taken for a pasted one."""
LINK_LIMIT: Final = 1500
"""Bytes of a query string; longer states are stored under an id."""


class Store(Protocol):
    """Where long states go; ``core.records.Records`` is one."""

    def save_experiment(self, state: Mapping[str, str], *, owner: str) -> str:
        """Store ``state`` and return its id."""

    def load_experiment(self, name: str) -> dict[str, str] | None:
        """The state stored under ``name``, None where there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Param:
    """One value that belongs to the experiment: its name in the link, form and default."""

    name: str
    default: Callable[[], object]
    parse: Callable[[str], object] = str
    show: Callable[[object], str] = str


@dataclass(frozen=True, slots=True, kw_only=True)
class PageState:
    """The parameters of one page, and the session keys they live under."""

    page: str
    params: tuple[Param, ...]

    def key(self, name: str) -> str:
        """The session key of the parameter ``name``; widgets use it as their own key."""
        if all(param.name != name for param in self.params):
            raise KeyError(name)
        return f"{self.page}.{name}"

    @property
    def written_key(self) -> str:
        """The session key that holds the link as it was written last."""
        return f"{self.page}._written"

    @property
    def read_key(self) -> str:
        """The session key that holds the address as it was read last."""
        return f"{self.page}._read"

    @property
    def earlier_key(self) -> str:
        """The session key that holds the links that were written since the page was entered."""
        return f"{self.page}._earlier"

    def write(self, session: MutableMapping[str, object], link: Mapping[str, str]) -> None:
        """Remember ``link`` as what the address bar is told."""
        session[self.written_key] = dict(link)
        earlier = session.get(self.earlier_key)
        known = earlier if isinstance(earlier, tuple) else ()
        if dict(link) not in known:
            session[self.earlier_key] = (*known, dict(link))[-EARLIER:]

    def forget(self, session: MutableMapping[str, object]) -> None:
        """Let the next address be read, also where it was written or read before."""
        for key in (self.written_key, self.read_key, self.earlier_key):
            session.pop(key, None)

    def read(
        self,
        session: MutableMapping[str, object],
        address: Mapping[str, str],
        store: Store,
        *,
        returned: bool = False,
    ) -> tuple[str, ...]:
        """Bring ``address`` into ``session``; one sentence for each value it could not use.

        ``returned`` says that somebody went back or forward to it.
        """
        problems: list[str] = []
        given = dict(address)
        if session.get(PAGE_KEY) != self.page:  # entered
            session[PAGE_KEY] = self.page
            session.pop(self.earlier_key, None)
        # A browser sends the address that it has: while the page computes, or where several parts
        # of it write one after another, that is one of before. What was typed since is newer.
        earlier = session.get(self.earlier_key)
        known = earlier if isinstance(earlier, tuple) else ()
        fresh = returned or given not in (
            session.get(self.written_key),
            session.get(self.read_key),
            *known,
        )
        session[self.read_key] = dict(address)
        if fresh and "x" in given:
            stored = store.load_experiment(given["x"])
            if stored is None:
                problems.append(
                    _("This link's experiment {name} is not stored on this server.").format(
                        name=given["x"][:24]
                    )
                )
            given |= stored or {}
        for param in self.params:
            key = self.key(param.name)
            if fresh and param.name in given:
                try:
                    session[key] = param.parse(given[param.name])
                except (LinkError, ValueError) as error:
                    problems.append(_bad_value(param.name, given[param.name], error))
            # Not written where it stands: a key written in a run is sent to the browser as the
            # widget's value, over what is being typed there. Widgets keep theirs by persist_state.
            if key not in session:
                session[key] = param.default()
        return tuple(problems)

    def follow_language(self, session: MutableMapping[str, object], left: str) -> None:
        """Drop every value that is a default of the language ``left``: the new one has its own.

        With the text or the model of a page go the steps and the masks in it.
        """
        dropped = set()
        for param in self.params:
            with speaking(left):
                default = param.default()
            key = self.key(param.name)
            if key in session and session[key] == default:
                del session[key]
                dropped.add(param.name)
        if dropped & {"model", "text"}:  # what was chosen by number in a text that is another now
            for param in self.params:
                if param.name in {"steps", "at", "masks"}:
                    session.pop(self.key(param.name), None)

    def link(
        self, session: Mapping[str, object], language: str, store: Store, owner: str
    ) -> dict[str, str]:
        """The parameters of the link that reopens what ``session`` shows."""
        values = {
            param.name: param.show(session.get(self.key(param.name), param.default()))
            for param in self.params
        }
        link = {**values, "lang": language}
        if len(urlencode(link)) <= LINK_LIMIT:
            return link
        try:
            return {"x": store.save_experiment(values, owner=owner), "lang": language}
        except InputError:
            return {"lang": language}


def _bad_value(name: str, value: str, error: Exception) -> str:
    shown = value if len(value) <= 40 else value[:40] + "…"
    reason = f" {error}" if isinstance(error, LinkError) else ""
    return (
        _("The link's {name}={value} cannot be used; the default stands instead.").format(
            name=name, value=shown
        )
        + reason
    )


def whole_number(text: str, digits: int = 4) -> int:
    """A number from 0 to 9999, or of more ``digits``."""
    if not text.isascii() or not text.isdigit() or len(text) > digits:
        raise LinkError(_("It takes a whole number."))
    return int(text)


def one_of(*choices: str) -> Callable[[str], str]:
    """A parser that takes these words and no others."""

    def parse(text: str) -> str:
        if text not in choices:
            raise LinkError(_("It takes one of: {choices}.").format(choices=", ".join(choices)))
        return text

    return parse


def number_in(lowest: int, highest: int) -> Callable[[str], int]:
    """A parser that takes a whole number from ``lowest`` to ``highest``."""

    def parse(text: str) -> int:
        number = whole_number(text, max(4, len(str(highest))))
        if not lowest <= number <= highest:
            raise LinkError(
                _("It takes a number from {lowest} to {highest}.").format(
                    lowest=lowest, highest=highest
                )
            )
        return number

    return parse


def share_in(lowest: float, highest: float) -> Callable[[str], float]:
    """A parser that takes a number from ``lowest`` to ``highest``."""

    def parse(text: str) -> float:
        try:
            number = float(text)
        except ValueError:
            number = nan
        if not lowest <= number <= highest:
            raise LinkError(
                _("It takes a number from {lowest} to {highest}.").format(
                    lowest=f"{lowest:g}", highest=f"{highest:g}"
                )
            )
        return number

    return parse


def shown_share(value: object) -> str:
    """What ``share_in`` reads."""
    return f"{value:g}" if isinstance(value, float | int) else ""


def one_number(*choices: int) -> Callable[[str], int]:
    """A parser that takes these numbers and no others."""

    def parse(text: str) -> int:
        return int(one_of(*map(str, choices))(text))

    return parse


def head_number(text: str) -> int | None:
    """A layer or head: a whole number, or nothing where none is chosen yet."""
    return whole_number(text) if text else None


def shown_number(value: object) -> str:
    """What ``head_number`` reads."""
    return "" if value is None else str(value)


def nothing() -> None:
    """The default of what is not chosen yet."""
    return


def head_or_mean(text: str) -> int | str:
    """A head, or "mean" for all of a layer as one."""
    return "mean" if text == "mean" else whole_number(text)


def flag(text: str) -> bool:
    """A switch: 1 or 0."""
    return one_of("0", "1")(text) == "1"


def shown_flag(value: object) -> str:
    """What ``flag`` reads."""
    return str(int(bool(value)))


def number_list(text: str) -> list[int]:
    """Whole numbers with commas between them, at most 64."""
    return [whole_number(part) for part in text.split(",")[:64]] if text else []


def shown_numbers(value: object) -> str:
    """What ``number_list`` reads."""
    return ",".join(map(str, value)) if isinstance(value, list) else ""


def name_list(text: str) -> list[str]:
    """Names with commas between them, at most 16."""
    return [part for part in text.split(",") if part][:16]


def shown_names(value: object) -> str:
    """What ``name_list`` reads."""
    return ",".join(map(str, value)) if isinstance(value, list) else ""


def head_list(text: str) -> list[tuple[int, int]]:
    """Heads as layer.head with commas between them, at most 16."""
    heads = []
    for part in text.split(",")[:16] if text else []:
        layer, point, head = part.partition(".")
        if not point:
            raise LinkError(_("It takes heads such as 3.1."))
        heads.append((whole_number(layer), whole_number(head)))
    return heads


def shown_heads(value: object) -> str:
    """What ``head_list`` reads."""
    if not isinstance(value, list):
        return ""
    return ",".join(f"{layer}.{head}" for layer, head in value)
