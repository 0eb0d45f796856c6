"""Invented needs and doctors, put together from the words of a trade; the same generator gives the same texts."""

from random import Random
from typing import NamedTuple

from bench.words import FORMS, SUBSTANCES, TRADES, Trade

UNITS = ("%", "MPa", "℃", "小时", "次", "kg", "μm", "mg/L", "天")
SURNAMES = "甘贾常侯申郝原宋牛段梁樊邢靳赵薛裴尹管葛"
GIVEN = "明岚启川安若晋宁书恒泽雨帆石敏航远青舟霖"


TITLES = (
    "{thing}{process}过程中{trouble}的解决",
    "提高{thing}{gauge}到{figure}",
    "{special}用于{thing}的{process}工艺",
    "{trouble}：{thing}与{special}配合",
    "{method}改进{thing}{gauge}",
    "{special}的制备及在{thing}上的应用",
)


class NeedWords(NamedTuple):
    """The texts of one need."""

    title: str
    problem: str
    target: str
    basis: str
    keywords: str
    discipline: str
    field: str


class DoctorWords(NamedTuple):
    """The texts of one doctor, his works as kind, title, year, abstract."""

    name: str
    discipline: str
    directions: str
    keywords: str
    fields: str
    works: list[tuple[str, str, int, str]]


def person(random: Random) -> str:
    return random.choice(SURNAMES) + random.choice(GIVEN) + random.choice(GIVEN)


def rare(random: Random) -> str:
    return random.choice(SUBSTANCES) + random.choice(FORMS)


def _figure(random: Random) -> str:
    return f"{random.randint(2, 980)}{random.choice(UNITS)}"


def need_words(random: Random) -> NeedWords:
    """A need as long as real ones: some 150 characters of problem and target."""
    trade = random.choice(TRADES)
    thing, other = random.sample(trade.things, 2)
    trouble, second = random.sample(trade.troubles, 2)
    process, gauge = random.choice(trade.processes), random.choice(trade.gauges)
    method, special = random.choice(trade.methods), rare(random)
    return NeedWords(
        title=random.choice(TITLES).format(
            thing=thing,
            process=process,
            trouble=trouble,
            gauge=gauge,
            special=special,
            method=method,
            figure=_figure(random),
        ),
        problem=(
            f"公司主要生产{thing}和{other}，{process}时{trouble}，{gauge}只有{_figure(random)}，同行能做到"
            f"{_figure(random)}。去年改用{special}，情况有好转，但{second}又明显了。试过{method}，小试可以，"
            f"放大到{random.randint(2, 60)}吨就不稳定，客户退货{random.randint(2, 30)}批。"
        ),
        target=f"{gauge}达到{_figure(random)}以上，{random.choice(trade.gauges)}不高于{_figure(random)}，成本降低"
        f"{random.randint(3, 30)}%。",
        basis=f"有{process}生产线{random.randint(1, 6)}条，检测设备齐全。",
        keywords=f"{thing} {trouble} {special}",
        discipline=random.choice(trade.disciplines) if random.random() < 0.7 else "",
        field=trade.field,
    )


def doctor_words(random: Random) -> DoctorWords:
    """A doctor of one trade, one in five with a second, and two to four works."""
    trade = random.choice(TRADES)
    second = random.choice(TRADES) if random.random() < 0.2 else trade
    things, special = random.sample(trade.things, 2), rare(random)
    return DoctorWords(
        name=person(random),
        discipline=random.choice(trade.disciplines),
        directions=f"{things[0]}；{random.choice(trade.methods)}；{special}",
        keywords=f"{things[0]} {things[1]} {random.choice(second.things)}",
        fields=trade.field if second is trade else f"{trade.field}、{second.field}",
        works=[_work(random, random.choice((trade, trade, second)), special) for _ in range(random.randint(2, 4))],
    )


def _work(random: Random, trade: Trade, special: str) -> tuple[str, str, int, str]:
    thing, process, gauge = random.choice(trade.things), random.choice(trade.processes), random.choice(trade.gauges)
    method, trouble = random.choice(trade.methods), random.choice(trade.troubles)
    helper = special if random.random() < 0.5 else rare(random)
    abstract = (
        f"针对{thing}在{process}中{trouble}的问题，采用{method}研究了{helper}的加入量与{process}制度的作用，"
        f"阐明了{random.choice(trade.troubles)}的成因。结果表明，{gauge}由{_figure(random)}提高到{_figure(random)}，"
        f"{random.choice(trade.gauges)}变化不大，已在{random.choice(trade.things)}上试用。"
    )
    kind = random.choice(("paper", "paper", "patent", "project"))
    return kind, f"{helper}对{thing}{gauge}的影响", random.randint(2014, 2025), abstract
