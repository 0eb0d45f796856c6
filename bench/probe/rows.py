"""Rows of the tables that the fill leaves empty: a batch that takes orders, orders and offers, runs, notices, jobs."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef
from django.utils import timezone

LISTED = 10  # doctors on the shortlist of a need
OFFICE = 1  # the office's first account


def model(name: str) -> Any:
    """The model of this name, whichever app it stands in."""
    return _named(name)[0]


def has(name: str) -> bool:
    """Whether the checkout has a model of this name."""
    return bool(_named(name))


def _named(name: str) -> list[Any]:
    return [each for each in apps.get_models() if each.__name__ == name and not each.__module__.startswith("django.")]


def fill_the_rest() -> dict[str, int]:
    """Write rows in proportion to the enterprises and the open needs there are; how many of each model."""
    made = {"Batch": _open_batch(), "Need": _returned()}
    _number_in_a_text()
    needs = list(model("Need").objects.filter(status="published").order_by("pk"))
    # Those who take several hosts can still be asked for beside their running service.
    doctors = list(model("Doctor").objects.filter(most_hosts__gte=3).order_by("pk").values_list("pk", flat=True))
    hosts = {host.enterprise_id: host for host in _open_hosts()}
    made |= _runs(needs, doctors)
    hosted = [need for need in needs if need.enterprise_id in hosts]
    # Nobody is asked twice, so that each can still accept; the last quarter of the doctors waits to begin.
    waiting = len(doctors) // 4
    made |= _orders(hosted[: min(len(hosted) // 2, len(doctors) - waiting)], hosts, doctors)
    made |= _to_begin(list(hosts.values())[:waiting], doctors[::-1])
    return made | _papers(needs, doctors) | _people()


def _number_in_a_text() -> None:
    """Put a phone number into the text of one published need; releases before the sweep have no column for it."""
    needs = model("Need")
    if any(field.name == "has_personal_numbers" for field in needs._meta.concrete_fields):
        need = needs.objects.filter(status="published").order_by("-pk").first()
        problem = f"{need.problem}请联系张工13800001234。"
        needs.objects.filter(pk=need.pk).update(problem=problem, has_personal_numbers=True)


def write(name: str, rows: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """Write rows with the fields the model still has; what a constraint refuses is left out."""
    kind = model(name)
    known = {field.name for field in kind._meta.concrete_fields} | {
        field.attname for field in kind._meta.concrete_fields
    }
    made = [kind(**{key: value for key, value in row.items() if key in known}) for row in rows]
    kind._base_manager.bulk_create(made, batch_size=1000, ignore_conflicts=True)
    return {name: len(made)}


def _open_batch() -> int:
    """A batch that takes orders today, beside the running one; the enterprises with open needs are its hosts."""
    today = timezone.localdate()
    last = model("Batch").objects.order_by("-pk").first()
    batch = model("Batch").objects.create(
        programme_id=last.programme_id, rule_set_id=last.rule_set_id, name="下一批", status="open",
        starts_on=today + timedelta(days=30), ends_on=today + timedelta(days=395),
        orders_from=today - timedelta(days=10), orders_until=today + timedelta(days=20),
        technology_quota=30_000, agriculture_quota=30_000, eligibility=[],
    )  # fmt: skip
    model("Batch").objects.create(
        programme_id=last.programme_id, rule_set_id=last.rule_set_id, name="再下一批", status="draft",
        starts_on=today + timedelta(days=400), ends_on=today + timedelta(days=765),
        orders_from=today + timedelta(days=300), orders_until=today + timedelta(days=390),
        technology_quota=30_000, agriculture_quota=30_000, eligibility=[],
    )  # fmt: skip
    firms = model("Need").objects.filter(status="published", enterprise=OuterRef("pk"))
    keys = model("Enterprise").objects.filter(Exists(firms)).values_list("pk", flat=True)
    write(
        "Host",
        (
            {"batch_id": batch.pk, "enterprise_id": key, "enterprise_class": "technology", "eligible": True,
             "chosen_by_id": OFFICE, "chosen_at": timezone.now()}
            for key in keys
        ),
    )  # fmt: skip
    return 2


def _returned() -> int:
    """A quarter of the needs under review go back to the enterprises that have somebody to read it."""
    waiting = model("Need").objects.filter(status="submitted", enterprise__members__isnull=False).order_by("pk")
    keys = list(waiting.values_list("pk", flat=True))
    back = model("Need").objects.filter(pk__in=keys[: max(1, len(keys) // 4)])
    return int(back.update(status="returned", return_reason="请补充目标数值。"))


def _open_hosts() -> Any:
    return model("Host").objects.filter(batch__status="open")


def _runs(needs: list[Any], doctors: list[int]) -> dict[str, int]:
    """A finished run over the open batch with a shortlist and a line of the plan for each open need."""
    now = timezone.now()
    batch = model("Batch").objects.get(status="open")
    run = model("MatchRun").objects.create(
        batch_id=batch.pk, engine="bm25", engine_version="1", started_at=now, finished_at=now, facts={"needs": 1},
        options={"goal": "total", "served": 0},
    )  # fmt: skip
    made = write("Suggestion", _shortlists(run.pk, needs, doctors))
    scores = {"score": 70, "strength": "strong", "greedy_score": 70}
    lines = (
        {"run_id": run.pk, "need_id": need.pk, "doctor_id": doctors[at % len(doctors)], **scores}
        for at, need in enumerate(needs)
    )
    return made | write("PlanLine", lines)


def _shortlists(run: int, needs: list[Any], doctors: list[int]) -> Iterator[dict[str, Any]]:
    points = [{"factor": "topic", "points": 40, "most": 50}]
    for at, need in enumerate(needs):
        for rank in range(1, LISTED + 1):
            doctor = doctors[(at * 7 + rank) % len(doctors)]
            yield {"run_id": run, "need_id": need.pk, "doctor_id": doctor, "current": True, "rank": rank,
                   "score": 90 - rank, "strength": "strong", "points": points}  # fmt: skip


def _orders(needs: list[Any], hosts: Mapping[int, Any], doctors: list[int]) -> dict[str, int]:
    """Half of these needs are ordered and wait for a doctor to be named, half for the doctor's answer."""
    now, first = timezone.now(), model("Order").objects.count() + 1
    keys = {need.pk: first + at for at, need in enumerate(needs)}
    offered = needs[: len(needs) // 2]
    told = {need.pk: "dispatched" for need in offered}
    made = write(
        "Order",
        (
            {"id": keys[need.pk], "need_id": need.pk, "host_id": hosts[need.enterprise_id].pk,
             "status": told.get(need.pk, "placed"), "placed_by_id": OFFICE, "placed_at": now}
            for need in needs
        ),
    )  # fmt: skip
    chosen = {need.pk: doctor for need, doctor in zip(needs, doctors, strict=False)}
    made |= write(
        "OrderChoice", ({"order_id": keys[key], "doctor_id": doctor, "preference": 1} for key, doctor in chosen.items())
    )
    answer_by = timezone.localdate() + timedelta(days=7)
    made |= write(
        "Dispatch",
        (
            {"order_id": keys[need.pk], "doctor_id": chosen[need.pk], "status": "offered", "offered_by_id": OFFICE,
             "offered_at": now, "answer_by": answer_by}
            for need in offered
        ),
    )  # fmt: skip
    model("Need").objects.filter(pk__in=list(keys)).update(status="ordered")
    _restart(model("Order"))
    return made


def _to_begin(hosts: list[Any], doctors: list[int]) -> dict[str, int]:
    """Services that wait for their first day."""
    first = model("Assignment").objects.count() + 1
    starts_on = timezone.localdate() + timedelta(days=30)
    term = {"status": "preparing", "starts_on": starts_on, "ends_on": starts_on + timedelta(days=364)}
    pairs = list(zip(hosts, doctors, strict=False))
    made = write(
        "Assignment",
        (
            {"id": first + at, "batch_id": host.batch_id, "host_id": host.pk, "doctor_id": doctor, **term}
            for at, (host, doctor) in enumerate(pairs)
        ),
    )  # fmt: skip
    lead = {"kind": "lead", "title": "新型镁碳砖应用研究"}
    made |= write(
        "Project",
        (
            {"assignment_id": first + at, "enterprise_id": host.enterprise_id, **lead}
            for at, (host, _doctor) in enumerate(pairs)
        ),
    )
    _restart(model("Assignment"))
    return made


def _restart(kind: type[models.Model]) -> None:
    """Set the sequence of a table to continue after the keys that were written."""
    from django.core.management.color import no_style  # noqa: PLC0415  only here
    from django.db import connection  # noqa: PLC0415  only here

    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), [kind]):
            cursor.execute(statement)


def _papers(needs: list[Any], doctors: list[int]) -> dict[str, int]:
    """What the office decided and what was learned: pairs forbidden, quotas, feedback, interests."""
    now = timezone.now()
    batch = model("Batch").objects.get(status="open")
    pairs = [(need.pk, doctors[(at * 11 + 5) % len(doctors)]) for at, need in enumerate(needs)]
    both = [{"need_id": need, "doctor_id": doctor} for need, doctor in pairs]
    engine = {"engine": "bm25", "engine_version": "1", "rank": 1, "score": 70, "at": now, "by_id": OFFICE}
    made = write("Feedback", ({"kind": "ordered", **pair, **engine} for pair in both))
    decided = {"batch_id": batch.pk, "kind": "forbid", "reason": "企业要求", "made_by_id": OFFICE, "made_at": now}
    made |= write("Override", ({**pair, **decided} for pair in both[::5]))
    made |= write("PlanQuota", [{"batch_id": batch.pk, "enterprise_class": "technology", "most": 30_000}])
    weights = {"weights": {"topic": 100}, "adopted": False, "why": "too_little", "made_at": now}
    made |= write("FactorWeights", ({"version": number, **weights} for number in range(1, 6)))
    codes = model("Enterprise").objects.order_by("pk").values_list("credit_code", flat=True)[: len(doctors)]
    rows = zip(model("Doctor").objects.order_by("pk").values_list("pk", flat=True), codes, strict=False)
    return made | write("Interest", ({"doctor_id": key, "credit_code": code, "what": "持股"} for key, code in rows))


def _people() -> dict[str, int]:
    """Notices of everybody, jobs that ended, doctors reminded."""
    now, today = timezone.now(), timezone.localdate()
    people = model("User").objects.order_by("pk").values_list("pk", flat=True)
    told = {"kind": "need_published", "params": {"title": "镁碳砖"}, "url": "/home/", "created_at": now}
    made = write(
        "Notice", ({"user_id": user, "key": f"bench{number}", **told} for user in people for number in range(3))
    )
    ended = {"kind": "match_need", "state": "done", "not_before": now, "ended_at": now, "asked_by_id": OFFICE}
    made |= write("Job", ({"key": str(number), **ended} for number in range(len(people))))
    served = model("Assignment").objects.filter(status="active").order_by("pk").values_list("pk", flat=True)
    sent = {"month": today.replace(day=1), "sent_on": today - timedelta(days=1), "sent_by_id": OFFICE}
    return made | write("Reminder", ({"assignment_id": key, **sent} for key in served[::5]))
