"""Prompts as files: our own JSON and YAML, which come back equal, and promptfoo's configuration.

What is read may come from anybody: it is data alone, of a bounded size, and either all of it is
understood or one sentence says why not.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Final, Literal

import yaml

from core.errors import InputError
from core.language import _
from core.nesting import is_too_deep
from core.prompts.library.content import PromptContent, PromptResult
from core.prompts.library.saved import NewPrompt, NewVersion

Form = Literal["json", "yaml", "promptfoo"]
FORMS: Final[tuple[Form, ...]] = ("json", "yaml", "promptfoo")
FILE_LIMIT: Final = 2_000_000
"""The most bytes of a file that is read."""
TESTS: Final = "promptfoo_tests"
"""The setting in which tests of a promptfoo file are kept, as JSON, for the way back."""
_FORMAT: Final = 1
_OWN: Final = "headlight_prompts"
_PROVIDERS: Final = {
    "smollm2-135m-instruct": "huggingface:text-generation:HuggingFaceTB/SmolLM2-135M-Instruct"
}
_NO_PROVIDER: Final = "echo"  # promptfoo's own, which answers with the prompt


def write_prompts(prompts: Sequence[NewPrompt], form: Form) -> str:
    """``prompts`` as a file. promptfoo gets the newest version of each, for it knows no others."""
    if form == "promptfoo":
        return _yaml(_promptfoo(prompts))
    values = {_OWN: _FORMAT, "prompts": [_values(prompt) for prompt in prompts]}
    if form == "yaml":
        return _yaml(values)
    return json.dumps(values, indent=2, ensure_ascii=False) + "\n"


def read_prompts(text: str) -> tuple[NewPrompt, ...]:
    """The prompts in a file of any of the forms. Raises InputError, saying what is wrong."""
    values = _parsed(text)
    if not isinstance(values, dict):
        raise _unreadable(_("it is no list of names and values"))
    if _OWN in values:
        if values[_OWN] != _FORMAT:
            raise _unreadable(_("it was written by a newer Headlight"))
        prompts = _list(values.get("prompts"), "prompts")
        found = tuple(_prompt(each) for each in prompts)
    elif "prompts" in values:
        found = _from_promptfoo(values)
    else:
        raise _unreadable(_("it has no “prompts”"))
    if not found:
        raise _unreadable(_("“prompts” is empty"))
    return found


def _values(prompt: NewPrompt) -> dict[str, object]:
    versions = []
    for version in prompt.versions:
        values = version.content.to_values()
        if version.note:
            values["note"] = version.note
        if version.results:
            values["results"] = [result.to_values() for result in version.results]
        versions.append(values)
    tags = {"tags": list(prompt.tags)} if prompt.tags else {}
    return {"name": prompt.name, **tags, "versions": versions}


def _prompt(values: object) -> NewPrompt:
    if not isinstance(values, dict) or not isinstance(values.get("name"), str):
        raise _unreadable(_("a prompt has no “name”"))
    tags = _list(values.get("tags", []), "tags")
    versions = _list(values.get("versions"), "versions")
    return NewPrompt(
        name=values["name"],
        tags=tuple(str(tag) for tag in tags),
        versions=tuple(_version(each) for each in versions),
    )


def _version(values: object) -> NewVersion:
    content = PromptContent.from_values(values)
    found: Mapping[str, object] = values if isinstance(values, dict) else {}
    results = _list(found.get("results", []), "results")
    return NewVersion(
        content=content,
        note=str(found.get("note", "")),
        results=tuple(PromptResult.from_values(each) for each in results),
    )


def _promptfoo(prompts: Sequence[NewPrompt]) -> dict[str, object]:
    """promptfoo's configuration; what it has no place for stands in each prompt's ``config``."""
    written, tests, providers = [], [], []
    for prompt in prompts:
        content = prompt.versions[-1].content
        values = content.to_values()
        raw = values.pop("template")
        values["settings"] = {name: value for name, value in content.settings if name != TESTS}
        config: dict[str, object] = {"headlight": values | {"tags": list(prompt.tags)}}
        written.append({"label": prompt.name, "raw": raw, "config": config})
        providers.append(_PROVIDERS.get(content.model, _NO_PROVIDER))
        tests += _tests(prompt.name, content)
    return {
        "description": "Prompts of Headlight",
        "prompts": written,
        "providers": list(dict.fromkeys(providers)),
        "tests": tests,
    }


def _tests(name: str, content: PromptContent) -> list[dict[str, object]]:
    """The examples as promptfoo's tests, and the tests that an earlier file brought with it."""
    found = []
    for row in content.demonstrations:
        columns = dict(row)
        label = columns.pop("label", "")
        test: dict[str, object] = {"vars": columns, "prompts": [name]}
        if label:
            test["assert"] = [{"type": "icontains", "value": label}]
        found.append(test)
    kept = dict(content.settings).get(TESTS)
    return [*found, *(json.loads(kept) if kept else [])]


def _from_promptfoo(values: Mapping[str, object]) -> tuple[NewPrompt, ...]:
    given = values["prompts"]
    prompts = [given] if isinstance(given, str) else _list(given, "prompts")
    found = []
    for number, each in enumerate(prompts, 1):
        written = {"raw": each} if isinstance(each, str) else each
        if not isinstance(written, dict) or not isinstance(written.get("raw"), str):
            raise _unreadable(_("prompt {number} has no text").format(number=number))
        raw = written["raw"]
        if raw.startswith(("file://", "exec:")):
            raise _unreadable(
                _("prompt {number} stands in another file ({name}): put its text here").format(
                    number=number, name=raw[:80]
                )
            )
        config = written.get("config")
        own = config.get("headlight") if isinstance(config, dict) else None
        more = dict(own) if isinstance(own, dict) else {}
        tags = _list(more.pop("tags", []), "tags")
        label = written.get("label") or written.get("id")
        first = " ".join(raw.split())[:60]
        if isinstance(values.get("tests"), list) and values["tests"] and not more:
            more["settings"] = {TESTS: json.dumps(values["tests"], ensure_ascii=False, default=str)}
        content = PromptContent.from_values(more | {"template": raw})
        found.append(
            NewPrompt(
                name=str(label or first or _("Prompt {number}").format(number=number))[:80],
                tags=tuple(str(tag) for tag in tags),
                versions=(NewVersion(content=content),),
            )
        )
    return tuple(found)


_YAML_FAULTS: Final = (ValueError, RecursionError, LookupError, AttributeError, TypeError)
"""What a tag such as ``!!int`` before nothing makes of the loader."""


class _PlainLoader(yaml.SafeLoader):  # type: ignore[misc] # not typed
    """YAML without aliases: a few lines of them stand for gigabytes."""

    def compose_node(self, parent: object, index: object) -> object:
        """Refuse an alias."""
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("aliases are not read")
        return super().compose_node(parent, index)


def _parsed(text: str) -> object:
    if len(text.encode("utf-8", "surrogatepass")) > FILE_LIMIT:
        raise InputError(
            _("Too large: the file has more than {limit} bytes.").format(limit=FILE_LIMIT)
        )
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        pass
    if is_too_deep(text):
        raise _unreadable(_("it is nested too deeply"))
    try:
        return yaml.load(text, Loader=_PlainLoader)  # noqa: S506 - a safe loader
    except (yaml.YAMLError, *_YAML_FAULTS) as error:
        mark = getattr(error, "problem_mark", None)
        reason = getattr(error, "problem", None) or next(iter(str(error).splitlines()), "")
        place = _("line {number}: {reason}")
        said = place.format(number=mark.line + 1, reason=reason) if mark else str(reason)
        raise _unreadable(said[:160]) from error


def _yaml(values: object) -> str:
    written: str = yaml.dump(
        values, Dumper=_PlainDumper, allow_unicode=True, sort_keys=False, width=100
    )
    return written


class _PlainDumper(yaml.SafeDumper):  # type: ignore[misc] # not typed
    """YAML with texts of several lines as blocks, and no aliases."""

    def ignore_aliases(self, data: object) -> bool:
        """Write a value again where it stands twice."""
        return True


def _as_text(dumper: yaml.SafeDumper, text: str) -> object:
    block = "\n" in text and not any(line != line.rstrip() for line in text.split("\n"))
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if block else None)


_PlainDumper.add_representer(str, _as_text)


def _list(values: object, name: str) -> Sequence[object]:
    if not isinstance(values, list):
        raise _unreadable(_("“{name}” is no list").format(name=name))
    return values


def _unreadable(reason: str) -> InputError:
    return InputError(
        _("This file cannot be read as prompts ({reason}); nothing was changed.").format(
            reason=reason
        )
    )
