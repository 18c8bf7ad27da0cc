"""What is classified: tasks with their labels, examples and models. Nothing is computed here."""

from __future__ import annotations

from typing import Final

from core.catalogue.entries import Text
from core.tasks.task import Example, Label, Task

_ENCODER, _CAUSAL = "minilm-l6", "smollm2-135m-instruct"
_CHINESE, _CHINESE_CAUSAL = "chinese-masked", "chinese-causal"

_SENTIMENT: Final = (
    Label(
        name="negative",
        titles=Text(en="negative", zh="负面"),
        description="A bad film: dull, boring and a waste of time.",
        word=" bad",
    ),
    Label(
        name="positive",
        titles=Text(en="positive", zh="正面"),
        description="A good film: funny, moving and a pleasure to watch.",
        word=" great",
    ),
)
_SENTIMENT_ZH: Final = (
    Label(
        name="negative",
        titles=_SENTIMENT[0].titles,
        description="很差，太失望了，浪费钱，不推荐。",
        word="不好",
    ),
    Label(
        name="positive",
        titles=_SENTIMENT[1].titles,
        description="很好，非常满意，物有所值，推荐。",
        word="很好",
    ),
)
_QUESTIONS: Final = (
    Label(
        name="ABBR",
        titles=Text(en="abbreviation", zh="缩写"),
        description="What does this abbreviation stand for?",
        word=" abbreviation",
    ),
    Label(
        name="DESC",
        titles=Text(en="description or reason", zh="描述或原因"),
        description="What does this word mean? Why and how does it happen? Define it.",
        word=" description",
    ),
    Label(
        name="ENTY",
        titles=Text(en="thing", zh="事物"),
        description="What thing, animal, food, colour, product, book or language is it?",
        word=" thing",
    ),
    Label(
        name="HUM",
        titles=Text(en="person or group", zh="人或团体"),
        description="Who is the person, what is his name? Which company or group?",
        word=" person",
    ),
    Label(
        name="LOC",
        titles=Text(en="place", zh="地点"),
        description="Where is it? In which country, city, state or mountain?",
        word=" place",
    ),
    Label(
        name="NUM",
        titles=Text(en="number or date", zh="数字或日期"),
        description="How many, how much, how long, how far? When, in what year, at what date?",
        word=" number",
    ),
)
_SPAM: Final = (
    Label(
        name="ham",
        titles=Text(en="no spam", zh="正常短信"),
        description="Hey, are you coming home? See you later, I will call you.",
        word=" friend",
    ),
    Label(
        name="spam",
        titles=Text(en="spam", zh="垃圾短信"),
        description="You have won a prize! Call now to claim your free cash reward, STOP to end.",
        word=" spam",
    ),
)

TASKS: Final = (
    Task(
        id="sentiment",
        family="classification",
        titles=Text(en="Sentiment", zh="情感"),
        languages=("en",),
        examples={
            "en": Example(text="A slow start, but the last hour is among the best I have seen.")
        },
        models={"built-in": _ENCODER, "prompted": _CAUSAL, "tuned": "tuned:sentiment"},
        dataset="movie-snippets",
        labels=_SENTIMENT,
        template="Review: {{ text }}\nThe review says that the film is",
    ),
    Task(
        id="sentiment-zh",
        family="classification",
        titles=Text(en="Sentiment in Chinese", zh="中文情感"),
        languages=("zh",),
        examples={"zh": Example(text="房间很小，隔音也差，不过早餐不错，服务员很热情。")},
        models={
            "built-in": _CHINESE,
            "prompted": _CHINESE_CAUSAL,
            "tuned": "tuned:sentiment-zh",
        },
        dataset="reviews-zh",
        labels=_SENTIMENT_ZH,
        template="评论：{{ text }}\n这条评论的意思是：",
    ),
    Task(
        id="question-type",
        family="classification",
        titles=Text(en="Question type", zh="问题类型"),
        languages=("en",),
        examples={"en": Example(text="Which city hosted the first modern Olympic Games?")},
        models={"built-in": _ENCODER, "prompted": _CAUSAL, "tuned": "tuned:question-type"},
        dataset="question-types",
        labels=_QUESTIONS,
        template="Question: {{ text }}\nThe answer to this question is a",
    ),
    Task(
        id="topic",
        family="classification",
        titles=Text(en="Topic or intent, by your labels", zh="主题或意图（自定标签）"),
        languages=("en",),
        examples={
            "en": Example(
                text="I was charged twice for my ticket, please give me the money back.",
                second="refund: I want my money back\nbooking: I want to reserve a seat\n"
                "delay: the train is late\npraise: thank you, the service was good",
            )
        },
        models={"built-in": _ENCODER, "prompted": _CAUSAL, "tuned": ""},
        template="Text: {{ text }}\nThe topic of this text is",
        second=Text(
            en="Labels, one a line; after a colon what they mean",
            zh="标签，每行一个；冒号后写它的意思",
        ),
    ),
    Task(
        id="spam",
        family="classification",
        titles=Text(en="Spam", zh="垃圾短信"),
        languages=("en",),
        examples={
            "en": Example(text="Congratulations! You won a free phone. Text WIN to 80086 now.")
        },
        models={"built-in": _ENCODER, "prompted": _CAUSAL, "tuned": "tuned:spam"},
        dataset="sms-spam",
        labels=_SPAM,
        template="Message: {{ text }}\nThis message was sent by a",
    ),
)
