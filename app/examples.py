"""The examples that greet a reader, by language: pages are never empty."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from core.language import DEFAULT_LANGUAGE, current_language


@dataclass(frozen=True, slots=True, kw_only=True)
class Examples:
    """The default model and texts in one language."""

    model: str
    sentence: str
    """With ``{word}`` where the two words of the first minute go."""
    words: tuple[str, str]
    focus: str
    """The token of the sentence that the Home page looks from."""
    head: tuple[int, int]
    """The head that Home draws: (layer, head)."""
    tokenizers: tuple[str, str]
    batch: str
    masked_model: str = "minilm-l6-masked"
    masked_text: str = "The [MASK] of the [MASK] is the [MASK]."
    first_sentence: str = "The committee met on Tuesday to discuss the new budget."
    next_sentence: str = "It was approved after a short debate."
    """What may follow the first one."""
    causal_model: str = "smollm2-135m-instruct"
    dataset: str = "movie-snippets"
    """What a new run learns from, and in the next line with which model."""
    trained_model: str = "minilm-l6"
    prompt: str = "The old lighthouse keeper opened the door and"
    scored_text: str = "The capital of France is Paris, and the capital of Japan is a banana."
    lines: tuple[str, ...] = (
        "I sat on the bank of the river.",
        "I went to the bank for a loan.",
        "They fished from the muddy bank.",
        "The bank raised its interest rates.",
        "Grass grew along the bank of the stream.",
        "She works for a bank in the city.",
        "The boat drifted to the other bank.",
        "The bank closed my account.",
    )
    """Lines in which a word has two senses."""
    followed: str = "bank"
    """That word."""

    @property
    def text(self) -> str:
        """The default sentence."""
        return self.sentence.format(word=self.words[0])

    @property
    def other_text(self) -> str:
        """What it is compared with."""
        return self.sentence.format(word=self.words[1])


NUMBERS_MODEL: Final = "numbers-to-words"
"""The built-in encoder–decoder; it reads a language and a number, nothing else."""

EXAMPLES: Final = {
    "en": Examples(
        model="minilm-l6",
        sentence="The animal didn't cross the street because it was too {word}.",
        words=("tired", "wide"),
        focus="it",
        head=(3, 1),
        tokenizers=("minilm-l6", "smollm2-135m-instruct"),
        batch="It was late.",
    ),
    "zh": Examples(
        model="smollm2-135m-instruct",
        sentence="这只动物没有过马路，因为它太{word}了。",
        words=("累", "宽"),
        focus="它",
        head=(21, 6),
        tokenizers=("smollm2-135m-instruct", "minilm-l6"),
        batch="天黑了。",
        masked_model="chinese-masked",
        masked_text="[MASK]在北[MASK]的[MASK]人。",
        first_sentence="这几天心里颇不宁静。",
        next_sentence="今晚在院子里坐着乘凉，忽然想起日日走过的荷塘。",
        causal_model="chinese-causal",
        dataset="reviews-zh",
        trained_model="chinese-masked",
        prompt="从前有一位老人，他每天",
        lines=(
            "我在果园的树上摘了一个苹果。",
            "我用的手机和电脑都是苹果。",
            "妈妈洗了梨、桃子和苹果。",
            "生产手机的公司有三星和苹果。",
            "早饭吃了面包、鸡蛋和苹果。",
            "他买了这家科技公司的股票：苹果。",
        ),
        followed="苹果",
        scored_text="法国的首都是巴黎，日本的首都是香蕉。",
    ),
}


def examples() -> Examples:
    """The examples in the language of the current session."""
    return EXAMPLES.get(current_language(), EXAMPLES[DEFAULT_LANGUAGE])


def own_text(page: str, model: str) -> str:
    """The example for a model that the example of the session's language does not suit; else ""."""
    if model == NUMBERS_MODEL:
        return f"{current_language()}: 30528"
    language = _LANGUAGES.get(model)
    if language is None:
        return ""
    own = EXAMPLES[language]
    texts = {"attention": own.text, "masked": own.masked_text, "generation": own.prompt}
    return texts.get(page, "")


_LANGUAGES: Final = {
    EXAMPLES["en"].model: "en",
    EXAMPLES["en"].masked_model: "en",
    EXAMPLES["zh"].masked_model: "zh",
    EXAMPLES["zh"].causal_model: "zh",
}
"""What models read that read one language only."""
