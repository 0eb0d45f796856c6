"""Rows for the forms of rules: drafts, a second version, a service whose rules ask for a value, a warning."""

import json
from datetime import timedelta
from io import BytesIO
from typing import Any

from django.utils import timezone

from .rows import OFFICE, has, model, write

# Its rules ask the office for a score.
WITH_SCORE, SCORE = "guangxi-poor-county", "score"
TWICE = "同企业批次"


class SentFile(BytesIO):
    """A file that is read whole each time it is sent."""

    name = "rules.json"

    def read(self, size: int | None = -1, /) -> bytes:
        return self.getvalue()


def some_rules() -> dict[str, Any]:
    """Rules of a preset as data, from their second form on."""
    from servicerules import preset_data  # noqa: PLC0415  older checkouts have no presets

    return dict(preset_data("tech-deputy"))


def rules_file() -> SentFile:
    return SentFile(json.dumps(some_rules()).encode())


def fill_rules(other: int) -> dict[str, int]:
    """Write the rows, where the checkout has drafts; `other` is a second account of the city's office."""
    if not has("RuleDraft"):
        return {}
    return _drafts(other) | _second_version() | _scored() | _warned() | _served_twice()


def _drafts(other: int) -> dict[str, int]:
    """A draft being written, one that the city's account submitted, and one that waits for it."""
    now, data = timezone.now(), some_rules()
    kept = {"name": "草稿", "data": data, "written_at": now}
    sent = {"status": "submitted", "status_at": now}
    rows: list[dict[str, Any]] = [
        {"code": "bench-waits", "written_by_id": other, **kept, **sent},
        {"code": "bench-own", "written_by_id": OFFICE, **kept, **sent},
        {"code": "bench", "written_by_id": OFFICE, **kept},
    ]
    made = write("RuleDraft", rows)
    asked = {
        "kind": "rules_in_force", "facts": {"despite": ""}, "decides": "operator", "reason": "修订条款。",
        "proposed_at": now, "lapses_at": now + timedelta(days=7), "about_label": "programmes.ruledraft",
        "office_id": model("User").objects.get(pk=OFFICE).office_id,
    }  # fmt: skip
    drafts = model("RuleDraft").objects.filter(status="submitted")
    return made | write(
        "Proposal", ({**asked, "about_key": str(each.pk), "proposed_by_id": each.written_by_id} for each in drafts)
    )


def _second_version() -> dict[str, int]:
    """The version to which the open batch can be moved."""
    last = model("RuleSet").objects.get(batches__status="open")
    newest = model("RuleSet").objects.filter(code=last.code).order_by("-version").first()
    return write("RuleSet", [{"code": last.code, "version": newest.version + 1, "name": last.name, "data": last.data}])


def _scored() -> dict[str, int]:
    """A completed service of a closed batch whose rules ask the office for a score."""
    from servicerules import preset_data  # noqa: PLC0415  older checkouts have no presets

    data, like = dict(preset_data(WITH_SCORE)), model("Assignment").objects.order_by("pk").first()
    rules = model("RuleSet").objects.create(code=WITH_SCORE, version=1, name="评分细则", data=data)
    days = {"starts_on": like.starts_on, "ends_on": like.ends_on}
    batch = model("Batch").objects.create(
        programme_id=like.batch.programme_id, rule_set=rules, name="评分批次", status="closed",
        orders_from=like.starts_on, orders_until=like.starts_on, eligibility={}, **days,
    )  # fmt: skip
    host = model("Host").objects.create(
        batch=batch, enterprise_id=like.host.enterprise_id, enterprise_class="technology", eligible=True,
        chosen_by_id=OFFICE, chosen_at=timezone.now(),
    )  # fmt: skip
    return write(
        "Assignment",
        [{"batch_id": batch.pk, "host_id": host.pk, "doctor_id": like.doctor_id, "status": "completed", **days}],
    )


def _warned() -> dict[str, int]:
    """The newest check, which holds all that was judged, is a warning."""
    newest = model("Check").objects.order_by("-pk").first()
    return {"Check": model("Check").objects.filter(pk=newest.pk).update(verdict="warning")}


def shared_soon() -> Any:
    """The latest visit that waits and can count in another service, too: its enterprise is served twice."""
    twice = model("Assignment").objects.filter(batch__name=TWICE)
    waiting = model("Visit").objects.filter(status="logged", doctor__in=twice.values("doctor"))
    return waiting.order_by("starts_on").last()


def _served_twice() -> dict[str, int]:
    """A second running service of a doctor with a visit that waits, in another batch, for the same enterprise."""
    if not has("SharedVisit"):
        return {}
    lately = timezone.localdate() - timedelta(days=20)
    waits = {"status": "logged", "assignment__status": "active", "starts_on__gte": lately}
    visit = model("Visit").objects.filter(**waits).order_by("doctor", "pk").first()
    like = visit.assignment
    batch = model("Batch").objects.create(
        programme_id=like.batch.programme_id, rule_set_id=like.batch.rule_set_id, name=TWICE, status="closed",
        starts_on=like.starts_on, ends_on=like.ends_on, orders_from=like.starts_on, orders_until=like.starts_on,
        eligibility={},
    )  # fmt: skip
    # A host without an account: the other forms are sent for services whose host can answer.
    silent = model("Enterprise").objects.filter(members=None).order_by("pk").first()
    host = model("Host").objects.create(
        batch=batch, enterprise=silent, enterprise_class="technology", eligible=True,
        chosen_by_id=OFFICE, chosen_at=timezone.now(),
    )  # fmt: skip
    second = model("Assignment").objects.create(
        batch=batch, host=host, doctor_id=visit.doctor_id, status="active",
        starts_on=like.starts_on, ends_on=like.ends_on,
    )  # fmt: skip
    served = [("lead", silent.pk), ("served", visit.enterprise_id)]
    return write(
        "Project",
        ({"assignment_id": second.pk, "kind": kind, "enterprise_id": key, "title": TWICE} for kind, key in served),
    )
