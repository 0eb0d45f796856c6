"""What each form is sent with: who sends it, about which row, and what he types over the form as it stands."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.utils import timezone

from .rows import has, model

ACCEPTED = (302, 303)  # a form that was accepted leads on
Typed = Callable[[Any], dict[str, Any]]


@dataclass(frozen=True)
class Post:
    """One form. `who` names the person among those of the row, or a member of the office's staff.

    A "stranger" is not signed in; a "newcomer" is the account that `row` gives, and so is whoever has just "signed" in
    with his password.
    """

    route: str
    who: str
    row: Callable[[], Any]
    typed: Typed = field(default=lambda row: {})
    # Where the form stands; None where nothing but the typed is sent.
    page: str | None = ""
    about: Callable[[Any], Any] = field(default=lambda row: row)
    answer: tuple[int, ...] = ACCEPTED
    # What the address is called with, and the address that is opened before.
    query: Callable[[Any], str] = field(default=lambda row: "")
    opens: str = ""
    # Whether the form only asks for a page.
    asks: bool = False

    def key(self) -> str:
        return f"POST {self.route} {self.who}"


def first(name: str, *order: str, **facts: Any) -> Callable[[], Any]:
    """The row of a model with these facts, the last if no order is given; None where the checkout has no such model."""
    return lambda: model(name).objects.filter(**facts).order_by(*order, "-pk").first() if has(name) else None


def where(name: str, row: Callable[[], Any]) -> Callable[[], Any]:
    """The row where the checkout has a model of this name, else None."""
    return lambda: row() if has(name) else None


def _day(days: int) -> str:
    return str(timezone.localdate() + timedelta(days=days))


def _free_day(assignment: Any) -> str:
    """The latest day on which the doctor has no visit of this service yet."""
    taken = model("Visit").objects.filter(doctor=assignment.doctor_id).values_list("starts_on", "ends_on")
    spans = list(taken)
    day = timezone.localdate()
    while any(first <= day <= last for first, last in spans):
        day -= timedelta(days=1)
    return str(day)


def a_visit() -> Any:
    """A visit that awaits its answer, of a running service: its doctor, university and host send the forms."""
    return first("Visit", **LOGGED)()


LOGGED: dict[str, Any] = {"status": "logged", "assignment__status": "active", "enterprise__members__isnull": False}
RUNNING = first("Assignment", status="active", host__enterprise__members__isnull=False)
TO_BEGIN = first("Assignment", status="preparing")
OFFERED = first("Dispatch", status="offered")
PLACED = first("Order", status="placed")
OPEN_BATCH = first("Batch", status="open")
PUBLISHED = first(
    "Need", status="published", enterprise__members__isnull=False, enterprise__hosts__batch__status="open"
)
NEED = {
    "title": "镁碳砖渣线寿命由42炉提高到60炉", "kind": "technology",
    "problem": "间歇使用时剥落，平均42炉，加铝粉后强度提高而寿命未变。",
    "target": "寿命42炉→60炉，强度≥12 MPa", "contact_name": "赵工", "contact_phone": "13800001234", "step": "send",
}  # fmt: skip
GOOD = "zao qi de niao er you chong chi"  # a password
WHY = {"reason": "设备检修，改期进行。"}


def _another_firm(assignment: Any) -> dict[str, Any]:
    served = assignment.projects.values("enterprise")
    firm = model("Enterprise").objects.exclude(pk__in=served).order_by("-pk").first()
    return {"enterprise": firm.credit_code, "title": "配方指导"}


def _choice(need: Any) -> dict[str, Any]:
    """The first of the shortlist who takes several hosts and was not asked for yet; else a university chooses."""
    asked = model("OrderChoice").objects.filter(order__status__in=["placed", "dispatched"]).values("doctor")
    lines = model("Suggestion").objects.filter(need=need, current=True, doctor__most_hosts__gte=3)
    line = lines.exclude(doctor__in=asked).order_by("rank").first()
    if line:
        return {"mode": "doctors", "first": line.doctor_id, "university": ""}
    return {"mode": "university", "first": "", "university": model("University").objects.order_by("pk").first().pk}


def _chosen(order: Any) -> dict[str, Any]:
    return {f"order-{order.pk}": order.choices.order_by("preference").first().doctor_id}


def _outsider(batch: Any) -> dict[str, Any]:
    """An enterprise that is not a host of the batch."""
    hosts = model("Host").objects.filter(batch=batch).values("enterprise")
    firm = model("Enterprise").objects.exclude(pk__in=hosts).order_by("-pk").first()
    return {"enterprise": firm.pk, "override_reason": "专题会议同意。"}


def _unplanned(survey: Any) -> dict[str, Any]:
    office = model("Office").objects.filter(kind="department").order_by("pk").first()
    return {"department": office.pk, "enterprise": [model("Enterprise").objects.order_by("-pk").first().pk]}


def _open_line(batch: Any) -> Any:
    """A line of the plan that can be accepted: nothing was decided about it, and its doctor was not asked."""
    asked = model("OrderChoice").objects.filter(order__status__in=["placed", "dispatched"]).values("doctor")
    decided = model("Override").objects.filter(lifted_at=None).values("need")
    lines = model("PlanLine").objects.filter(
        run__batch=batch, doctor__isnull=False, need__status="published", order=None
    )
    return lines.exclude(doctor__in=asked).exclude(need__in=decided).order_by("pk").first()


def _pair(batch: Any) -> dict[str, Any]:
    line = _open_line(batch)
    return {"need": line.need_id, "doctor": line.doctor_id, **WHY}


def _line(batch: Any) -> dict[str, Any]:
    return {"line": [_open_line(batch).pk], "act": "chosen"}


POSTS = (
    Post("need_new", "enterprise", PUBLISHED, lambda row: NEED, about=lambda row: None),
    Post("need_edit", "enterprise", first("Need", status__in=["returned", "draft"], enterprise__members__isnull=False),
         lambda row: {**NEED, "expires_on": "", "due_on": ""}),
    Post("need_withdraw", "enterprise", PUBLISHED, lambda row: WHY),
    Post("need_publish", "city", first("Need", status="submitted"), page=None),
    Post("need_return", "city", first("Need", status="submitted"), lambda row: WHY),
    Post("need_hide_numbers", "city", first("Need", has_personal_numbers=True)),
    Post("order_new", "enterprise", PUBLISHED, _choice),
    Post("order_cancel", "city", PLACED, lambda row: WHY),
    Post("order_dispatch", "city", PLACED, _chosen),
    Post("dispatch_table", "university", PLACED, _chosen, about=lambda row: None),
    Post("dispatch_accept", "doctor", OFFERED),
    Post("dispatch_decline", "doctor", OFFERED, lambda row: WHY),
    Post("dispatch_withdraw", "city", OFFERED, lambda row: WHY),
    Post("batch_eligibility", "city", first("Batch", status="draft"), lambda row: {"do": "new"}),
    Post("assignment_begin", "city", TO_BEGIN, lambda row: {"starts_on": str(row.starts_on)}),
    Post("assignment_serve", "enterprise", RUNNING, _another_firm),
    Post("assignment_late", "city", RUNNING, lambda row: {**WHY, "started_on": str(row.starts_on + timedelta(days=1))}),
    Post("assignment_extend", "city", RUNNING,
         lambda row: {**WHY, "extended_to": str(row.ends_on + timedelta(days=30))}),
    Post("assignment_stop", "city", RUNNING, lambda row: {**WHY, "last_day": _day(-1)}),
    Post("assignment_cancel", "city", TO_BEGIN, lambda row: WHY),
    Post("visit_new", "doctor", RUNNING,
         lambda row: {"starts_on": _free_day(row), "ends_on": _free_day(row), "content": "取样三组，商定下一步。",
                      "place": f"{row.pk}-{row.host.enterprise_id}"}, about=lambda row: None),
    Post("visit_confirm", "enterprise", a_visit, page=None),
    Post("visits_confirm", "enterprise", a_visit, lambda row: {"visits": [row.pk]}, page=None,
         about=lambda row: None),
    Post("visit_dispute", "enterprise", a_visit, lambda row: {"reason": "当天未到厂。"}),
    Post("visit_withdraw", "doctor", a_visit, page=None),
    Post("waiver_new", "doctor", first("Assignment", status="active", waivers__isnull=True), lambda row: WHY),
    Post("check_reopen", "city", first("Check", locked_at__isnull=False),
         lambda row: {**WHY, "until": _day(9)}),
    Post("outcome_new", "enterprise", RUNNING,
         lambda row: {"kind": "patent", "title": "一种新型镁碳砖", "happened_on": _day(-1)}),
    Post("doctor_new", "university", RUNNING, lambda row: {"name": "张新民", "directions": "耐火材料"},
         about=lambda row: None),
    Post("doctor_edit", "university", RUNNING, lambda row: {"directions": "耐火材料，镁碳砖"},
         about=lambda row: row.doctor),
    Post("doctor_phone", "university", RUNNING, page=None, about=lambda row: row.doctor, answer=(200,)),
    Post("need_contact", "city", first("Need", status="submitted"), page=None, answer=(200,)),
    Post("message_settings", "doctor", RUNNING, lambda row: {"language": "zh-hans"}, page=None, about=lambda row: None),
    Post("notice_read", "enterprise", first("Notice", user__role="enterprise", read_at=None), page=None),
    Post("notice_read_all", "enterprise", RUNNING, page=None, about=lambda row: None),
    Post("need_queue", "city", first("Need", status="submitted"), lambda row: {"act": "publish", "need": [row.pk]},
         page=None, about=lambda row: None),
    Post("waiver_decide", "city", first("Waiver", status="asked"), lambda row: {"decision": "grant", "reason": ""}),
    Post("behind", "city", first("Standing", behind=True), lambda row: {"chosen": [row.pk], "note": "请本月到厂。"},
         page=None, about=lambda row: None),
    Post("host_choose", "city", OPEN_BATCH, _outsider, page=None),
    Post("batch_open", "city", first("Batch", status="draft")),
    Post("batch_start", "city", OPEN_BATCH),
    Post("batch_close", "city", first("Batch", status="running")),
    Post("match_start", "city", OPEN_BATCH, lambda row: {"goal": "total", "served": "0"}, page=None),
    Post("plan_forbid", "city", OPEN_BATCH, _pair, page=None),
    Post("plan_pin", "city", OPEN_BATCH, _pair, page=None),
    Post("plan_quotas", "city", OPEN_BATCH, lambda row: {"class_technology": "29000"}),
    Post("plan_accept", "city", OPEN_BATCH, _line, page=None),
    Post("override_lift", "city", first("Override", lifted_at=None), lambda row: WHY),
    Post("survey_plan", "city", first("Survey"), _unplanned, page=None),
    Post("sheet_fill", "city", first("VisitSheet", visited_on=None),
         lambda row: {"visited_on": _day(-1), "people": "某科长"}),
)  # fmt: skip
# Acts on chosen rows of the admin's tables: the row, and what the page between asks for.
ACTS: tuple[tuple[str, str, Callable[[], Any], dict[str, Any]], ...] = (
    ("need", "publish", first("Need", status="submitted"), {}),
    ("need", "send_back", first("Need", status="submitted"), {"asked": "1", **WHY}),
    ("order", "cancel", PLACED, {"asked": "1", **WHY}),
    ("dispatch", "withdraw", OFFERED, {"asked": "1", **WHY}),
    ("assignment", "stop", RUNNING, {"asked": "1", **WHY, "last_day": _day(-1)}),
    ("assignment", "begin", TO_BEGIN, {"asked": "1", "starts_on": _day(30)}),
    ("assignment", "call_off", TO_BEGIN, {"asked": "1", **WHY}),
    ("waiver", "grant", first("Waiver", status="asked"), {}),
    (
        "check",
        "reopen",
        first("Check", locked_at__isnull=False),
        {"asked": "1", **WHY, "until": _day(9)},
    ),
)
# Tables whose rows are added by hand: what is typed over the empty form.
ADDED: dict[str, dict[str, Any]] = {
    "programme": {"name": "新的行动"},
    "university": {"name": "新建理工大学", "pinyin": "xinjian"},
    "office": {"name": "新的局", "kind": "department"},
    "district": {"code": "149999", "name": "新县", "tile_x": "900", "tile_y": "900"},
    "user": {"role": "program", "account_name": "fresh", "account_person": "新的程序", "office": "",
             "username": "fresh", "name": "新的程序", "password1": GOOD, "password2": GOOD},
}  # fmt: skip

# Typed over a row as it stands, where a field may not be sent back empty.
CHANGED: dict[str, dict[str, Any]] = {}
