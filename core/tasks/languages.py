"""Which language a text seems to be in, and whether a model knows it.

A guess from the script and, among languages in Latin letters, from small frequent words: enough to
say that an English model is given Chinese or French, no more. A text too short to tell is "".
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from core.catalogue import find_model
from core.language import _, current_language

if TYPE_CHECKING:
    from core.tasks.task import Task

_HAN: Final = "CJK"
_SCRIPTS: Final = {
    "CJK": "zh",
    "HIRAGANA": "ja",
    "KATAKANA": "ja",
    "HANGUL": "ko",
    "CYRILLIC": "ru",
    "ARABIC": "ar",
    "HEBREW": "he",
    "GREEK": "el",
    "THAI": "th",
    "DEVANAGARI": "hi",
}
"""The language that is most often written in a script that is not Latin."""
_SMALL: Final = {
    "en": "the of and to in is it that was for on are with his they be at this have from not but "
    "what who how where when which why does did do my your you he she we i a an",
    "fr": "le la les des une et est dans que qui pour pas sur avec il elle nous vous ce cette au "
    "aux du je ne mais sont très",
    "de": "der die das und ist nicht ein eine zu mit sich auf für von dem den im des ich sie wir "
    "es auch war sehr aber",
    "es": "el los las una y es que por con para no se del al lo como más pero su muy está fue yo",
    "it": "il lo gli una e è che di per con non si del della al sono più ma molto questo questa",
    "pt": "o os as uma e é que de por com não se do da em um mais mas muito este esta foi",
    "nl": "het een en is van niet dat op te zijn met voor maar er ook deze die aan",
}
_WORDS: Final = {language: frozenset(words.split()) for language, words in _SMALL.items()}
_ENOUGH: Final = 2
_LOOKED_AT: Final = 2_000  # characters


def language_of(text: str) -> str:
    """A code such as "en"; "" where the text is too short or has no letters."""
    start = text[:_LOOKED_AT]
    scripts = Counter(
        unicodedata.name(sign, "").split(" ")[0].split("-")[0] for sign in start if sign.isalpha()
    )
    if not scripts:
        return ""
    if scripts["HIRAGANA"] + scripts["KATAKANA"]:
        return "ja"
    # A Chinese character says about as much as a word of five letters.
    weights = {name: count * (5 if name == _HAN else 1) for name, count in scripts.items()}
    script = max(weights, key=lambda name: weights[name])
    if script != "LATIN":
        return _SCRIPTS.get(script, "")
    words = re.findall(r"[^\W\d_]+", start.casefold())
    counts = {language: sum(word in own for word in words) for language, own in _WORDS.items()}
    best = max(counts, key=lambda language: counts[language])
    if counts[best] < _ENOUGH or (best != "en" and counts[best] <= counts["en"]):
        return "en" if counts["en"] else ""
    return best


def language_note(text: str, languages: Sequence[str]) -> str:
    """A sentence where ``text`` is in a language that is not among ``languages``; else ""."""
    found = language_of(text)
    if not found or not languages or found in languages:
        return ""
    return _(
        "This text looks like {language}; what answers here knows {known} only: do not trust it."
    ).format(
        language=language_name(found), known=", ".join(language_name(each) for each in languages)
    )


def known_languages(model_id: str, task: Task) -> tuple[str, ...]:
    """What a model knows: the task's languages where it is one of the task's own models, those of
    the catalogue for another one there, and () where that is not known."""
    if model_id in task.models.values():
        return task.languages
    entry = find_model(model_id)
    return () if entry is None else entry.languages


def language_name(code: str) -> str:
    """The name of a language, in the language of the session."""
    from babel import Locale

    spoken = "zh" if current_language() == "zh" else "en"
    return str(Locale.parse(spoken).languages.get(code, code))
