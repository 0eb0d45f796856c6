"""Samples for the components on the style page: invented people, firms and texts of usual length."""

import datetime as dt
from types import SimpleNamespace as Thing
from typing import Any, TypedDict

from django import forms
from django.core.paginator import Page, Paginator
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from core.parameters import DayField

DAY = dt.date(2026, 3, 5)
AT = dt.datetime(2026, 3, 5, 14, 20, tzinfo=dt.timezone(dt.timedelta(hours=8)))
PROBLEM = "现有湿法包覆后首次放电容量下降约4%。\n45℃高温循环800次后容量保持率不足80%。"


class SampleFilter(forms.Form):
    q = forms.CharField(label=_("Search"), required=False, help_text=_("Name, initials or code"))
    district = forms.ChoiceField(
        label=_("District"), required=False, choices=[("", "—"), ("1", "云湖区"), ("2", "石桥县"), ("3", "青溪县")]
    )
    status = forms.ChoiceField(
        label=_("Status"), required=False, choices=[("", "—"), ("due", _("due")), ("met", _("met"))]
    )
    month = forms.CharField(label=_("Month"), required=False, widget=forms.TextInput(attrs={"type": "month"}))
    university = forms.CharField(label=_("University"), required=False)


class SampleForm(forms.Form):
    title = forms.CharField(label=_("Title"), max_length=100, help_text=_("One sentence that names the problem."))
    kind = forms.ChoiceField(
        label=_("Kind"),
        widget=forms.RadioSelect,
        choices=[("t", _("technology")), ("p", _("talent")), ("r", _("result transfer"))],
    )
    problem = forms.CharField(
        label=_("Problem"),
        widget=forms.Textarea,
        max_length=500,
        help_text=_("What happens now, since when, what was tried."),
    )
    budget = forms.DecimalField(label=_("Budget"), required=False)
    started_on = DayField(label=_("First day"), widget=forms.DateInput)
    ended_on = DayField(label=_("Last day"), widget=forms.DateInput)
    evidence = forms.FileField(label=_("Evidence"), required=False)
    public = forms.BooleanField(label=_("Show on the public page"), required=False, initial=True)


TITLES = [
    "高镍三元正极材料循环寿命由800次提升至1500次以上的表面包覆工艺",
    "设施蓝莓根域限制栽培水肥一体化精准调控技术",
    "食用菌菌渣低温快速腐熟菌剂与配套装备",
]
FIRMS = ["云泉恒锐新能源材料股份有限公司", "石桥县青禾生态农业发展有限责任公司", "云泉市鸿澜精密铸造有限公司"]


def _needs() -> list[Thing]:
    words = (
        "现有湿法包覆后首次放电容量下降约4%，45℃高温循环800次后容量保持率不足80%，"
        "已自行试验磷酸铝与硼酸两种包覆剂，批次间波动仍大。"
    )
    states = [("published", _("published")), ("in_service", _("in service")), ("solved", _("solved"))]
    budgets = ["30–50 万元", "12 万元", ""]
    values = zip(TITLES, FIRMS, ["云湖区", "石桥县", "青溪县"], states, budgets, strict=True)
    return [
        Thing(
            title=title,
            status=status,
            get_status_display=lambda word=word: word,
            kind_label=_("technology"),
            number=f"XQ-2026-{at:04}",
            summary=words,
            enterprise=firm,
            district=district,
            budget=budget,
            expires_on=DAY + dt.timedelta(days=120),
        )
        for at, (title, firm, district, (status, word), budget) in enumerate(values, 17)
    ]


def _rows() -> list[dict[str, Any]]:
    names = ["欧阳文澜", "贺知远", "苏青禾", "陆砚舟", "闻人晓棠"]
    states = [("due", _("due")), ("met", _("met")), ("missed", _("missed")), ("waived", _("waived")), ("met", _("met"))]
    return [
        {
            "doctor": name,
            "firm": FIRMS[at % 3],
            "due": 2,
            "done": done,
            "owed": max(2 - done, 0),
            "left": 9,
            "last": DAY - dt.timedelta(days=at * 6),
            "status": status,
            "word": word,
        }
        for at, (name, done, (status, word)) in enumerate(zip(names, [1, 3, 0, 0, 2], states, strict=True))
    ]


def _history() -> list[dict[str, Any]]:
    return [
        {"at": AT, "who": "周敏（人才办）", "what": _("published"), "tone": "good"},
        {"at": AT - dt.timedelta(days=1), "who": FIRMS[0], "what": _("submitted again"), "tone": ""},
        {
            "at": AT - dt.timedelta(days=2),
            "who": "周敏（人才办）",
            "what": _("returned"),
            "tone": "wait",
            "reason": "请补充循环寿命的测试温度与倍率，并把“降低成本”写成可衡量的目标。",
        },
        {"at": AT - dt.timedelta(days=3), "who": FIRMS[0], "what": _("submitted"), "tone": "idle"},
    ]


def _todo() -> list[dict[str, Any]]:
    return [
        {"title": _("Needs to check"), "count": 6, "url": "#", "text": _("the oldest waits 4 days"), "tone": "wait"},
        {"title": _("Doctors behind this month"), "count": 3, "url": "#", "text": _("9 days left"), "tone": "bad"},
        {"title": _("Waivers to decide"), "count": 1, "url": "#", "due": "03-12"},
        {"title": _("Orders without an answer"), "count": 0, "url": "#", "tone": "idle"},
    ]


def _answers() -> list[dict[str, Any]]:
    return [
        {"label": _("Title"), "value": TITLES[0], "url": "#"},
        {"label": _("Problem"), "value": PROBLEM, "url": "#"},
        {"label": _("Budget"), "value": "", "url": "#"},
    ]


def _changed() -> list[dict[str, Any]]:
    change = {"label": _("Budget"), "before": "12 万元", "after": "30–50 万元"}
    return [{"who": FIRMS[0], "at": AT, "changes": [change]}]


def _form(errors: bool) -> SampleForm:
    wrong = QueryDict("title=&kind=t&problem=&budget=abc&started_on=2026-03-06&ended_on=2026-03-05")
    return SampleForm(wrong) if errors else SampleForm(initial={"title": TITLES[0], "started_on": DAY, "ended_on": DAY})


FUNNEL = [
    (_("Enterprises visited"), 202),
    (_("Needs collected"), 215),
    (_("Needs published"), 168),
    (_("Orders"), 31),
    (_("Assignments"), 15),
]
STATUSES = [
    ("draft", _("draft")),
    ("submitted", _("submitted")),
    ("published", _("published")),
    ("solved", _("solved")),
    ("missed", _("missed")),
]


def _tiles() -> list[tuple[str, int, int, int]]:
    names = ["北屏县", "青溪县", "石桥县", "云湖区", "高新区", "东津区", "临泉县", "南浦县", "白沙镇"]
    cells = [(1, 0), (2, 0), (0, 1), (1, 1), (2, 1), (3, 1), (0, 2), (1, 2), (2, 2)]
    return [(name, x, y, (at * 7) % 23) for at, (name, (x, y)) in enumerate(zip(names, cells, strict=True))]


class StylePage(TypedDict):
    """The context of style.html."""

    statuses: list[tuple[str, Any]]
    todo: list[dict[str, Any]]
    history: list[dict[str, Any]]
    changed: list[dict[str, Any]]
    day: dt.date
    span: tuple[dt.date, dt.date]
    filters: SampleFilter
    rows: list[dict[str, Any]]
    page: Page[int]
    needs: list[Thing]
    months: list[tuple[str, int, int]]
    funnel: list[tuple[Any, int]]
    tiles: list[tuple[str, int, int, int]]
    form: SampleForm
    steps: list[Any]
    answers: list[dict[str, Any]]


def samples(query: QueryDict) -> StylePage:
    """The context of the style page; with ?errors=1 its form has errors."""
    return {
        "statuses": STATUSES,
        "todo": _todo(),
        "history": _history(),
        "changed": _changed(),
        "day": DAY,
        "span": (DAY, DAY + dt.timedelta(days=1)),
        "filters": SampleFilter(query),
        "rows": _rows(),
        "page": Paginator(range(215), 20).get_page(query.get("page")),
        "needs": _needs(),
        "months": [("1月", 38, 6), ("2月", 24, 9), ("3月", 41, 3), ("4月", 45, 2), ("5月", 40, 8)],
        "funnel": FUNNEL,
        "tiles": _tiles(),
        "form": _form(bool(query.get("errors"))),
        "steps": [_("Write"), _("Check"), _("Sent")],
        "answers": _answers(),
    }
