"""Rows of accounts, approvals and personal data: an auditor, somebody with a password, an open invitation, requests."""

from datetime import timedelta
from hashlib import sha256
from typing import Any

from django.contrib.auth.hashers import make_password
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from .posts import GOOD
from .rows import OFFICE, has, model, write
from .rule_rows import fill_rules

KEY = "1bench-invitation"
AUDITOR, LEAVES = "bench-auditor", "bench-leaves"
LATER = timedelta(days=7)


def fill_own() -> dict[str, int]:
    """Write the rows of which the checkout has the models."""
    people = model("User").objects.order_by("pk")
    both = [people.filter(role=role).last().pk for role in ("enterprise", "university")]
    people.filter(pk__in=both).update(password=make_password(GOOD))
    _file()
    if not has("LedgerEntry"):
        return {}
    offices = [people.filter(office__kind=kind).first().office_id for kind in ("city", "county")]
    auditor = {"username": AUDITOR, "name_key": AUDITOR, "office_id": offices[0], "audits": True}
    leaves = {"username": LEAVES, "name_key": LEAVES, "office_id": offices[1]}
    made = write("User", ({**each, "name": "何监", "role": "office", "is_staff": True} for each in (auditor, leaves)))
    made |= fill_rules(people.get(username=AUDITOR).pk)
    return made | _invitation(people.filter(role="doctor").last()) | _proposals() | _requests()


def a_file() -> str:
    """The name of the private file that `fill_own` stores; empty before it."""
    return str(model("Qualification").objects.exclude(evidence="").values_list("evidence", flat=True).first() or "")


def _file() -> None:
    """A document of 200 KB, as the evidence of a qualification."""
    content = b"%PDF-1.7\n" + b"0" * 200_000 + b"\n%%EOF\n"
    name = default_storage.save("qualification/bench.pdf", ContentFile(content))
    row = model("Qualification").objects.order_by("pk").first()
    model("Qualification").objects.filter(pk=row.pk).update(evidence=name)


def _invitation(user: Any) -> dict[str, int]:
    """An open invitation whose key is known."""
    now = timezone.now()
    sent = {"way": "shown", "sent_at": now, "sent_by_id": OFFICE, "expires_at": now + LATER}
    return write("Invitation", [{"user_id": user.pk, "digest": sha256(KEY.encode()).hexdigest(), **sent}])


def _proposals() -> dict[str, int]:
    """One that the city's office can withdraw, one of a county, and one whose result it takes."""
    now = timezone.now()
    people = model("User").objects.order_by("pk")
    city, county = (people.filter(office__kind=kind).first() for kind in ("city", "county"))
    asked = {"reason": "本月回访。", "proposed_at": now, "lapses_at": now + LATER, "decides": "operator"}
    liaison = people.filter(role="university").first()
    reset = {"kind": "reset_password", "about_label": "accounts.user", "about_key": str(liaison.pk)}
    decided = {"status": "approved", "status_by_id": people.get(username=AUDITOR).pk, "status_at": now}
    export = {
        "kind": "large_export",
        "facts": {"title": "企业", "path": "/", "filters": "", "digest": "0", "rows": 3000},
    }
    phones = {"kind": "many_phones", "facts": {"day": str(timezone.localdate())}}
    both = [(city, export), (county, phones), (city, {**reset, **decided, "decides": "administrator", "facts": {}})]
    return write(
        "Proposal", ({**asked, "office_id": by.office_id, "proposed_by_id": by.pk, **facts} for by, facts in both)
    )


def _requests() -> dict[str, int]:
    """Some doctors ask that something about them is corrected; the calendar proposes to erase somebody who left."""
    asked = {"asked_at": timezone.now(), "due_on": timezone.localdate() + LATER}
    doctors = model("Doctor").objects.filter(user__isnull=False).order_by("-pk")[:20]
    rows = [
        {
            "kind": "correct",
            "text": "研究方向有误。",
            "subject": "experts.doctor",
            "key": each.pk,
            "user_id": each.user_id,
        }
        for each in doctors
    ]
    left = model("User").objects.get(username=LEAVES).pk
    rows.append({"kind": "erase", "text": "账号已停用。", "subject": "accounts.user", "key": left})
    return write("PersonalRequest", ({**asked, **row} for row in rows))
