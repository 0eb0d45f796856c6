"""Which enterprises a batch receives."""

from datetime import date, datetime

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

import servicerules
from accounts.models import User
from core.action import action
from core.errors import AlreadyDone, Refused
from core.status import lock
from enterprises.asked_of_hosts import host_rules
from enterprises.hosting import HostVerdict, classes_of, judge_host_act
from enterprises.models import Enterprise, Host, Qualification
from programmes.models import Batch


@action(gettext_lazy("host chosen"))
def choose_host(
    batch: Batch, enterprise: Enterprise, *, by: User, at: datetime, on: date, override_reason: str = ""
) -> Host:
    """Choose a receiving enterprise within its class's quota; one that is not eligible needs a reason."""
    lock(batch)
    if not batch.takes_hosts:
        raise Refused(_("Hosts are chosen while the batch is in preparation or open."), code="batch_not_open")
    if Host.objects.filter(batch=batch, enterprise=enterprise).exists():
        raise AlreadyDone(_("%(name)s is already a host of this batch.") % {"name": enterprise})
    _check_quota(batch, enterprise)
    verdict = judge_host(batch, enterprise, on=on)
    if not verdict.eligible and not override_reason.strip():
        raise Refused(
            _("%(name)s does not fulfil what is asked of a host on %(day)s; choose another, or give a reason.")
            % {"name": enterprise, "day": date_format(on)},
            code="not_eligible",
        )
    return Host.objects.create(
        batch=batch,
        enterprise=enterprise,
        enterprise_class=enterprise.enterprise_class,
        eligible=verdict.eligible,
        verdict=verdict.as_data(),
        override_reason="" if verdict.eligible else override_reason.strip(),
        chosen_by=by,
        chosen_at=at,
    )


def judge_host(batch: Batch, enterprise: Enterprise, *, on: date) -> HostVerdict:
    """Whether an enterprise is eligible on a day, by the rules on becoming a host of the batch and of its rule set;
    refused where nobody can read them."""
    rules = host_rules(batch)
    rows = Qualification.objects.filter(enterprise=enterprise).order_by("kind", "pk")
    held = [servicerules.Qualification(row.kind, row.level, row.valid_from, row.valid_until) for row in rows]
    classes = classes_of(enterprise.enterprise_class, enterprise.size, enterprise.district_id)
    return judge_host_act(rules, held, classes, on=on)


def _check_quota(batch: Batch, enterprise: Enterprise) -> None:
    quota = batch.quota_of(enterprise.enterprise_class)
    chosen = Host.objects.filter(batch=batch, enterprise_class=enterprise.enterprise_class).count()
    if chosen >= quota:
        raise Refused(
            _("All %(quota)s places of the class “%(class)s” are taken; change the batch's quota first.")
            % {"quota": quota, "class": enterprise.get_enterprise_class_display()},
            code="quota",
        )
