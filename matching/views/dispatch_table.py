"""The university names doctors for all its orders in one table; what was refused stays in it with the reason."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypedDict

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.models import User
from accounts.requests import SignedIn
from assignments import capacity
from assignments.actions import dispatch_doctor
from assignments.models import Dispatch, Order, OrderChoice
from core.errors import Refused
from core.parameters import key_of, words_of
from core.permissions import entitled, get_permitted, may
from experts.models import Doctor
from matching.models import Suggestion
from programmes.models import Batch

MOST = 100  # rows of one table


class Option(TypedDict):
    """A doctor that can be named for an order, as the choice shows him; `score` is None off the shortlist."""

    pk: int
    label: str
    places: int
    score: Any


class TablePage(TypedDict):
    """What matching/dispatch_table.html reads; `gone` says what was refused for orders no longer in the table. The rows
    are orders of `batches`."""

    rows: "list[Row]"
    batches: list[Batch]
    done: list[Dispatch]
    said: str
    refused: int
    only: Order | None
    gone: list[str]
    posted: bool


@dataclass
class Row:
    """One order, the doctors that can be named for it, and what became of the last try."""

    order: Order
    days: int
    options: list[Option] = field(default_factory=list)
    chosen: int | None = None
    error: str = ""
    asks: bool = False  # a rule asks for a reason, which is typed below the doctor
    why: str = ""

    @property
    def name(self) -> str:
        return f"order-{self.order.pk}"


class Refusal(NamedTuple):
    """Why a doctor was not named for an order, and whether a rule asks for a reason."""

    doctor: int
    text: str
    asks: bool
    why: str


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def dispatch_table(request: SignedIn) -> HttpResponse:
    """Every order that awaits this university."""
    if not may(request.user, "dispatch", Order):
        raise PermissionDenied
    return _table(request, Order.objects.visible_to(request.user))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def order_dispatch(request: SignedIn, pk: int) -> HttpResponse:
    """The same table with one order."""
    order = get_permitted(Order, "dispatch", request.user, pk=pk)
    return _table(request, Order.objects.filter(pk=order.pk), order)


def _table(request: SignedIn, orders: Any, only: Order | None = None) -> HttpResponse:
    done: list[Dispatch] = []
    refused: dict[int, Refusal] = {}
    if request.method == "POST":
        done, refused = _dispatch_posted(request, orders)
        if done and not refused:
            messages.success(request, _named(done))
            return redirect("dispatch_table")
    rows = _rows(orders, request.user)
    for row in rows:
        if row.order.pk in refused:
            said = refused[row.order.pk]
            row.chosen, row.error, row.asks, row.why = said.doctor, said.text, said.asks, said.why
    page: TablePage = {
        "rows": rows,
        "batches": list({row.order.host.batch: None for row in rows}),
        "done": done,
        "said": _named(done) if done else "",
        "refused": len(refused),
        "only": only,
        "gone": [said.text for pk, said in refused.items() if pk not in {row.order.pk for row in rows}],
        "posted": request.method == "POST",
    }
    return render(request, "matching/dispatch_table.html", page)


def _named(done: Sequence[Dispatch]) -> str:
    names = "、".join(dispatch.doctor.name for dispatch in done)
    said = ngettext("%(count)d doctor was named: %(names)s.", "%(count)d doctors were named: %(names)s.", len(done))
    return said % {"count": len(done), "names": names}


def _dispatch_posted(request: SignedIn, orders: Any) -> tuple[list[Dispatch], dict[int, Refusal]]:
    """Name the doctors chosen, each on its own: one refusal leaves the others done."""
    wanted = _wanted(request)
    found = {
        order.pk: order
        for order in orders.filter(pk__in=wanted).select_related("need", "host__enterprise", "host__batch")
    }
    named = Doctor.objects.visible_to(request.user).filter(pk__in=set(wanted.values()))
    doctors = {doctor.pk: doctor for doctor in named}
    done: list[Dispatch] = []
    refused: dict[int, Refusal] = {}
    at, on = timezone.now(), timezone.localdate()
    for pk, chosen in sorted(wanted.items()):
        order, doctor = found.get(pk), doctors.get(chosen)
        if order is None or doctor is None or not entitled(request.user, "dispatch", order):
            raise PermissionDenied
        why = words_of(request.POST.get(f"why-{pk}"))
        try:
            done.append(dispatch_doctor(order, doctor, by=request.user, at=at, on=on, why=why))
        except Refused as refusal:
            gone = order.status != Order.Status.PLACED
            text = f"{order.need.title}：{refusal.message}" if gone else refusal.message
            refused[pk] = Refusal(chosen, text, bool(why) or refusal.code == "rule_asks", why)
    return done, refused


def _wanted(request: SignedIn) -> dict[int, int]:
    """Order → doctor, as posted."""
    read = {key_of(name.removeprefix("order-")): key_of(value) for name, value in request.POST.items()}
    return {order: doctor for order, doctor in read.items() if order is not None and doctor is not None}


def _rows(orders: Any, user: User) -> list[Row]:
    """The orders awaiting dispatch, the oldest first, each with its doctors; a constant number of queries."""
    parties = ["need", "host__enterprise__district", "host__batch", "university"]
    # Many orders are of one batch; one more join would be too many for one plan.
    waiting = orders.awaiting_dispatch().select_related(*parties).prefetch_related("host__batch__rule_set")
    found = list(waiting.order_by("placed_at", "pk")[:MOST])
    now = timezone.now()
    rows = [Row(order, (now - order.placed_at).days) for order in found]
    asked = _asked(found, user)
    _fill(rows, asked)
    return rows


def _asked(orders: Sequence[Order], user: User) -> dict[int, list[tuple[Doctor, int | None]]]:
    """Order → the doctors it may get, with the enterprise's preference; those who answered before are left out."""
    before = set(Dispatch.objects.filter(order__in=orders).values_list("order_id", "doctor_id"))
    named = OrderChoice.objects.filter(order__in=orders).select_related("doctor__university").order_by("preference")
    # A liaison names doctors of the own university only; the office names any.
    mine = set(Doctor.objects.visible_to(user).filter(orders__in=orders).values_list("pk", flat=True))
    found: dict[int, list[tuple[Doctor, int | None]]] = defaultdict(list)
    for choice in named:
        if choice.doctor_id in mine and (choice.order_id, choice.doctor_id) not in before:
            found[choice.order_id].append((choice.doctor, choice.preference))
    universities = {order.university_id for order in orders if order.university_id}
    doctors = Doctor.objects.serving().filter(university__in=universities, posting_excludes=False)
    by_university: dict[int, list[Doctor]] = defaultdict(list)
    for doctor in doctors.select_related("university").prefetch_related("interests").order_by("pinyin", "pk"):
        by_university[doctor.university_id].append(doctor)
    for order in orders:
        if order.university_id:
            free = [each for each in by_university[order.university_id] if (order.pk, each.pk) not in before]
            found[order.pk] = [(each, None) for each in free if _fits(each, order)]
    return found


def _fits(doctor: Doctor, order: Order) -> bool:
    """Whether nothing but a lack of places can exclude the doctor; the action checks again under its locks."""
    if capacity.limit_broken(doctor, order.host.enterprise, order.need):
        return False
    return all(interest.credit_code != order.host.enterprise.credit_code for interest in doctor.interests.all())


def _fill(rows: Sequence[Row], asked: dict[int, list[tuple[Doctor, int | None]]]) -> None:
    """Options with points and free places; the enterprise's first choice that still has a place is chosen already."""
    taken = capacity.places_taken()
    scores = _scores([row.order.need_id for row in rows])
    held: dict[int, int] = defaultdict(int)
    for row in rows:
        options = [
            _option(doctor, rank, scores.get((row.order.need_id, doctor.pk)), taken)
            for doctor, rank in asked[row.order.pk]
        ]
        if row.order.university_id:
            options = [option for option in options if option["places"] > 0]
            options.sort(key=lambda option: -(option["score"] or 0))
        row.options = options
        for option in options if not row.order.university_id else []:
            if option["places"] - held[option["pk"]] > 0:
                row.chosen = option["pk"]
                held[option["pk"]] += 1
                break


def _scores(needs: Iterable[int]) -> dict[tuple[int, int], Any]:
    rows = (
        Suggestion.objects.filter(need__in=needs, current=True).order_by().values_list("need_id", "doctor_id", "score")
    )
    return {(need, doctor): score for need, doctor, score in rows}


def _option(doctor: Doctor, rank: int | None, score: Any, taken: dict[int, int]) -> Option:
    places = max(doctor.most_hosts - taken.get(doctor.pk, 0), 0)
    words = [f"{rank}." if rank else "", doctor.name, f"· {doctor.college}" if doctor.college else ""]
    words.append("· " + _("%(score)s points") % {"score": round(score)} if score is not None else "")
    words.append("" if places else "· " + _("no place left"))
    return {"pk": doctor.pk, "label": " ".join(filter(None, words)), "places": places, "score": score}
