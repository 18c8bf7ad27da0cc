"""A small set of our own sentences, over which it is seen what a head does most of the time.

Everyday and varied: names, numbers, questions, quotes, lists, words and phrases that come again (so
that duplicate and induction heads can show), sentences that end in every common sign.
"""

from __future__ import annotations

from typing import Final

from core.errors import InputError
from core.language import _

_ENGLISH: Final = (
    "The small boat left the harbour before sunrise, and nobody saw it come back.",
    "Maria Lopez gave the keys to Peter Brand, and Peter Brand lost the keys on the way home.",
    "Do you know where the old library is, or do you know somebody who knows?",
    "We bought apples, pears, bread, cheese and two bottles of milk for 18 dollars.",
    "“I will be there at seven,” said Ruth, “but I will not stay for dinner.”",
    "The train to Bergen leaves at 9:45; the train to Oslo leaves at 10:15.",
    "One green bottle, two green bottles, three green bottles, four green bottles.",
    "My grandmother, who was born in 1931, still walks to the market every morning.",
    "The doctor told the nurse that she would call the patient after lunch.",
    "If it rains, take the bus; if it does not rain, take the bicycle.",
    "Mix the flour with the butter, add the sugar, add the eggs, and bake it for 40 minutes.",
    "The key to the cabinets in the hall is on the table.",
    "Why did the teacher laugh? Because the student had answered before the question was asked.",
    "Zorblat lives in Quenby. Every winter Zorblat leaves Quenby for the coast.",
    "He opened the door (the one on the left), looked around, and closed the door again.",
    "The river is wide here, wider at the bridge, and widest where it meets the sea.",
    "Dear Mr. Okafor, thank you for your letter of May 3. Yours, Helen Wright",
    "Nobody could read the sign, since the paint had faded and the light was poor.",
    "The dog chased the cat, the cat chased the mouse, and the mouse chased nobody.",
    "She plays the violin on Mondays, the piano on Tuesdays and the violin again on Fridays.",
    "Call 555 0142 or 555 0143; if 555 0142 is busy, call 555 0143.",
    "The lamp did not fit into the box because it was too tall.",
    "“Where is my hat?” he asked. “Your hat is on your head,” she answered.",
    "Water freezes at 0 degrees and boils at 100 degrees, at least near the sea.",
)

_CHINESE: Final = (
    "小船在日出之前离开了港口，没有人看见它回来。",
    "李梅把钥匙交给了王强，王强在回家的路上弄丢了钥匙。",
    "你知道老图书馆在哪里吗，还是你认识知道的人？",
    "我们买了苹果、梨、面包、奶酪和两瓶牛奶，一共花了86元。",
    "“我七点到，”张兰说，“不过我不留下来吃饭。”",
    "去北京的火车九点四十五分开，去上海的火车十点一刻开。",
    "一只青蛙一张嘴，两只青蛙两张嘴，三只青蛙三张嘴。",
    "我的奶奶生于1931年，现在每天早上还走路去市场。",
    "医生告诉护士，她午饭后会给病人打电话。",
    "如果下雨，就坐公共汽车；如果不下雨，就骑自行车。",
    "先把面粉和黄油拌匀，再加糖，再加鸡蛋，然后烤四十分钟。",
    "柜子的钥匙在大厅的桌子上。",
    "老师为什么笑了？因为问题还没问完，学生就回答了。",
    "卓布拉住在昆比。每年冬天，卓布拉都离开昆比去海边。",
    "他打开门（左边的那一扇），看了看四周，又把门关上了。",
    "河在这里很宽，在桥边更宽，在入海的地方最宽。",
    "尊敬的陈先生：五月三日的来信已经收到，谢谢。何雨",
    "没有人看得清那块牌子，因为油漆已经褪色，灯光又暗。",
    "狗追猫，猫追老鼠，老鼠谁也不追。",
    "她星期一拉小提琴，星期二弹钢琴，星期五又拉小提琴。",
    "请拨打5550142或5550143；如果5550142占线，就拨打5550143。",
    "这盏灯放不进箱子，因为它太高了。",
    "“我的帽子在哪儿？”他问。“你的帽子在你头上。”她回答。",
    "水在零度结冰，在一百度沸腾，至少在海边是这样。",
)

_SENTENCES: Final = {"en": _ENGLISH, "zh": _CHINESE}


def sentences(language: str) -> tuple[str, ...]:
    """The sentences in ``language``: "en" or "zh". Raises InputError for another one."""
    if language not in _SENTENCES:
        raise InputError(
            _("There are no sentences in “{language}”: choose one of {known}.").format(
                language=language, known=", ".join(_SENTENCES)
            )
        )
    return _SENTENCES[language]
