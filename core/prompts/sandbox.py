"""A jinja2 in which a template can only put texts together.

jinja2's sandbox keeps attributes away; it bounds neither time nor size. Here a template is checked
before it is compiled (only these nodes, filters and methods), every turn of a loop is counted, and
whatever makes a text longer looks first at how long it would become. What a template is for is not
known here.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sized
from contextvars import ContextVar
from typing import Any, Final

from jinja2 import BaseLoader, DictLoader, StrictUndefined, Template, meta, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from core.language import _

SECONDS: Final = 2.0
TURNS: Final = 20_000
"""Turns of all loops together."""
CHARACTERS: Final = 400_000
"""Of a text that a template makes, and of all values that it is given."""
DEPTH: Final = 60
"""How deep expressions may be nested."""

OPEN, NAMED, CLOSE = chr(0x10FFF0), chr(0x10FFF1), chr(0x10FFF2)
"""What stands before an expression's number, after it, and after its text."""

_NODES: Final[tuple[type[nodes.Node], ...]] = (
    *(nodes.Template, nodes.Output, nodes.TemplateData, nodes.Const, nodes.Name),
    *(nodes.If, nodes.For, nodes.Assign, nodes.Include, nodes.CondExpr, nodes.Concat),
    *(nodes.Getattr, nodes.Getitem, nodes.Slice, nodes.Filter, nodes.Test, nodes.Call),
    *(nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.Tuple, nodes.List),
    *(nodes.Add, nodes.Sub, nodes.Mul, nodes.Div, nodes.FloorDiv, nodes.Mod, nodes.Neg, nodes.Pos),
    *(nodes.Keyword, nodes.EnvironmentAttribute, nodes.ExprStmt),
)
_FILTERS: Final = frozenset(
    {
        *("trim", "lower", "upper", "capitalize", "title", "length", "count", "first", "last"),
        *("default", "d", "join", "int", "float", "round", "abs", "string", "sort", "unique"),
        *("list", "reverse", "tojson", "truncate", "wordcount", "min", "max", "sum"),
    }
)
_BUILDING: Final = frozenset({"do_round", "do_tojson"})
"""Filters that compute 10 to the power of a number, or as many spaces, before they give anything:
neither is seen in the size of what they give, nor stopped by the clock."""
_MOST_PLACES: Final = 20
_METHODS: Final = frozenset(
    {
        *("strip", "lstrip", "rstrip", "lower", "upper", "title", "capitalize", "startswith"),
        *("endswith", "split", "splitlines", "items", "keys", "values", "get", "cycle"),
        *("removeprefix", "removesuffix"),
    }
)
_ATTRIBUTES: Final = frozenset(
    {"index", "index0", "revindex", "revindex0", "first", "last", "length"}
)
_SCALARS: Final = (str, int, float, bool, type(None))

Labels = list[tuple[str, str]]
"""Of each expression its source ("variable" or "template") and its name."""


class TemplateFault(Exception):  # noqa: N818 - never shown; told as an InputError
    """A template does what it may not; the message is a reason, to be put into a sentence."""


class _Budget:
    """What one rendering may still take."""

    def __init__(self) -> None:
        self.turns = 0
        self.until = time.monotonic() + SECONDS

    def turn(self) -> None:
        self.turns += 1
        if self.turns > TURNS:
            raise TemplateFault(_("its loops take more than {limit:,} turns").format(limit=TURNS))
        self.look()

    def look(self) -> None:
        if time.monotonic() > self.until:
            raise TemplateFault(_("it takes more than {limit:g} seconds").format(limit=SECONDS))


_budget: ContextVar[_Budget] = ContextVar("template_budget")


def check_size(value: object, limit: int = CHARACTERS) -> int:
    """How many characters ``value`` holds, lists and mappings within it counted through."""
    size, waiting = 0, [value]
    while waiting:
        one = waiting.pop()
        size += len(one) if isinstance(one, str) else 8
        if isinstance(one, int) and not isinstance(one, bool):
            size += one.bit_length() // 3
        if isinstance(one, Mapping):
            waiting.extend([*one.keys(), *one.values()])
        elif isinstance(one, list | tuple | set | frozenset):
            waiting.extend(one)
        if size > limit:
            raise TemplateFault(
                _("it makes a text of more than {limit:,} characters").format(limit=limit)
            )
    return size


class TextEnvironment(ImmutableSandboxedEnvironment):
    """Templates that put texts together, and mark in what they write where it comes from."""

    intercepted_binops = frozenset("+*%")

    def __init__(self, partials: Mapping[str, str], *, marked: bool = False) -> None:
        loader: BaseLoader = DictLoader(dict(partials))
        super().__init__(
            loader=loader,
            undefined=StrictUndefined,
            autoescape=False,
            keep_trailing_newline=True,
            trim_blocks=True,
            lstrip_blocks=True,
            optimized=False,  # it takes time with the cube of how deep filters are nested
        )
        self.globals = {"range": _short_range}
        self.filters = {
            name: _within(function) for name, function in self.filters.items() if name in _FILTERS
        }
        self.marked = marked
        self.labels: Labels = []

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        _check(tree)
        _rewrite(tree, self, name)
        return tree

    def is_safe_attribute(self, obj: object, attr: str, value: object) -> bool:
        """Names that show nothing but texts."""
        return attr in (_METHODS | _ATTRIBUTES) and super().is_safe_attribute(obj, attr, value)

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:  # noqa: ANN401 - what a template computes
        """``left operator right``, if that stays short."""
        if operator == "%" and isinstance(left, str):
            raise TemplateFault(_("it formats with %; write {{ … }} instead"))
        if operator == "*" and not all(isinstance(each, int | float) for each in (left, right)):
            raise TemplateFault(_("it multiplies a text"))
        check_size([left, right])
        _budget.get().look()
        return super().call_binop(context, operator, left, right)

    @staticmethod
    def turned() -> str:
        """Count one turn of a loop."""
        _budget.get().turn()
        return ""

    @staticmethod
    def joined(*parts: object) -> str:
        """The texts one after another."""
        check_size(parts)
        _budget.get().look()
        return "".join(_written(part) for part in parts)

    def shown(self, value: object, number: int) -> str:
        """An expression's value as text, between marks if they are wanted."""
        text = _written(value)
        check_size(text)
        if not self.marked:
            return text
        for mark in (OPEN, NAMED, CLOSE):
            text = text.replace(mark, "")
        return f"{OPEN}{number}{NAMED}{text}{CLOSE}"


def names_asked_for(tree: nodes.Template) -> set[str]:
    """The names that a parsed template is given from outside."""
    generator = meta.TrackingCodeGenerator(tree.environment)  # type: ignore[arg-type]
    generator.optimizer = None
    generator.visit(tree)
    return set(generator.undeclared_identifiers)


def write(template: Template, values: Mapping[str, object]) -> str:
    """What ``template`` makes of ``values``. Raises TemplateFault beyond the limits."""
    check_size(dict(values))
    token = _budget.set(_Budget())
    try:
        parts, size = [], 0
        for part in template.generate(dict(values)):
            parts.append(part)
            size += len(part)
            if size > CHARACTERS:
                check_size("x" * (CHARACTERS + 1))
            _budget.get().look()
        return "".join(parts)
    finally:
        _budget.reset(token)


def _written(value: object) -> str:
    if isinstance(value, bool) or value is None or isinstance(value, _SCALARS):
        return "" if value is None else str(value)
    if isinstance(value, StrictUndefined):
        return str(value)  # raises, naming the variable
    if hasattr(value, "item") and not isinstance(value, list | tuple | Mapping):
        return str(value)  # a number of numpy
    raise TemplateFault(_('it shows a list whole; write | join(", ") after it, or loop over it'))


def _short_range(*bounds: int) -> range:
    numbers = range(*bounds)
    if len(numbers) > TURNS:
        raise TemplateFault(_("its loops take more than {limit:,} turns").format(limit=TURNS))
    return numbers


def _within(function: Callable[..., Any]) -> Callable[..., Any]:
    """A filter that looks at the size of what it is given and of what it gives."""
    passes = getattr(function, "jinja_pass_arg", None)
    skipped = 0 if passes is None else 1

    def filtered(*args: Any, **settings: Any) -> Any:  # noqa: ANN401 - any filter
        given = args[skipped:]
        size = check_size([*given, *settings.values()])
        if function.__name__ == "sync_do_join" or function.__name__ == "do_join":
            separator = given[1] if len(given) > 1 else settings.get("d", "")
            count = len(given[0]) if isinstance(given[0], Sized) else TURNS
            if size + count * len(str(separator)) > CHARACTERS:
                check_size("x" * (CHARACTERS + 1))
        if function.__name__ in _BUILDING:
            _check_arguments((*given[1:], *settings.values()))
        found = function(*args, **settings)
        check_size(found)
        _budget.get().look()
        return found

    filtered.__name__ = function.__name__
    if passes is not None:
        filtered.jinja_pass_arg = passes  # type: ignore[attr-defined]
    return filtered


def _check_arguments(arguments: Iterable[object]) -> None:
    """TemplateFault for a number that makes a filter build something long on the way."""
    for each in arguments:
        if isinstance(each, int | float) and not -_MOST_PLACES <= each <= _MOST_PLACES:
            raise TemplateFault(
                _("it asks a filter for more than {limit} places").format(limit=_MOST_PLACES)
            )


def _check(tree: nodes.Template) -> None:
    """TemplateFault for anything that does more than put texts together."""
    waiting: list[tuple[nodes.Node, int]] = [(tree, 0)]
    while waiting:
        node, depth = waiting.pop()
        if depth > DEPTH:
            raise TemplateFault(_("its expressions are nested too deeply"))
        _check_node(node)
        waiting.extend((child, depth + 1) for child in node.iter_child_nodes())


def _check_node(node: nodes.Node) -> None:
    if not isinstance(node, _NODES):
        raise TemplateFault(
            _("it uses “{what}”, which prompts do not need").format(
                what=type(node).__name__.lower()
            )
        )
    if isinstance(node, nodes.Getattr) and node.attr not in (_METHODS | _ATTRIBUTES):
        raise TemplateFault(
            _("it reads the attribute “{name}”, which is not allowed").format(name=node.attr[:40])
        )
    if isinstance(node, nodes.Getitem) and not isinstance(
        node.arg, nodes.Const | nodes.Name | nodes.Slice | nodes.Neg | nodes.Getattr
    ):
        raise TemplateFault(_("it looks something up by an expression; use a name or a number"))
    if isinstance(node, nodes.Filter) and node.name not in _FILTERS:
        raise TemplateFault(
            _("it uses the filter “{name}”; allowed are {allowed}").format(
                name=node.name[:40], allowed=", ".join(sorted(_FILTERS))
            )
        )
    if isinstance(node, nodes.Call) and not (
        isinstance(node.node, nodes.Getattr)
        or (isinstance(node.node, nodes.Name) and node.node.name == "range")
    ):
        raise TemplateFault(_("it calls something; only range and methods of texts may be"))
    if isinstance(node, nodes.For) and node.recursive:
        raise TemplateFault(_("it has a loop that calls itself"))
    if isinstance(node, nodes.Tuple | nodes.List) and not all(
        (isinstance(item, nodes.Const | nodes.Name) and getattr(item, "ctx", "load") == "store")
        or isinstance(item, nodes.Const)
        for item in node.items
    ):
        raise TemplateFault(_("it makes a list of something else than texts and numbers"))
    if isinstance(node, nodes.Include) and not isinstance(node.template, nodes.Const):
        raise TemplateFault(_("it includes a partial without naming it"))


def _rewrite(tree: nodes.Template, environment: TextEnvironment, name: str | None) -> None:
    """Count loops, join by our own hand, and mark what expressions write."""
    for body in (tree.body, *(loop.body for loop in list(tree.find_all(nodes.For)))):
        tick = nodes.Call(nodes.EnvironmentAttribute("turned"), [], [], None, None)
        body.insert(0, nodes.ExprStmt(tick))
    for output in list(tree.find_all(nodes.Output)):
        output.nodes = [_marked(part, environment, name) for part in output.nodes]
    for parent in list(tree.find_all(nodes.Node)):
        _replace_concat(parent)
    tree.set_environment(environment)
    tree.set_lineno(1)


def _marked(part: nodes.Expr, environment: TextEnvironment, name: str | None) -> nodes.Expr:
    if isinstance(part, nodes.TemplateData):
        return part
    found = next(iter(_names(part)), None)
    environment.labels.append(("template", name or "") if found is None else ("variable", found))
    number = nodes.Const(len(environment.labels) - 1)
    return nodes.Call(nodes.EnvironmentAttribute("shown"), [part, number], [], None, None)


def _names(part: nodes.Expr) -> Iterable[str]:
    if isinstance(part, nodes.Name):
        yield part.name
    yield from (each.name for each in part.find_all(nodes.Name))


def _replace_concat(parent: nodes.Node) -> None:
    for field, value in parent.iter_fields():
        if isinstance(value, nodes.Concat):
            setattr(parent, field, _joining(value))
        elif isinstance(value, list):
            value[:] = [_joining(v) if isinstance(v, nodes.Concat) else v for v in value]


def _joining(concat: nodes.Concat) -> nodes.Call:
    return nodes.Call(nodes.EnvironmentAttribute("joined"), concat.nodes, [], None, None)
