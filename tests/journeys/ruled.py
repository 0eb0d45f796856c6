"""Rules on their way to a version, and what rules ask people for: a reason, a value."""

from dataclasses import dataclass

from django.utils import timezone

from assignments.models import Assignment
from programmes.drafts import submit_draft
from programmes.models import RuleDraft, RuleSet
from service.models import Check
from servicerules import preset_data
from tests import factories as f
from tests.journeys import town as city
from tests.journeys.town import Town

# Its rules ask the office for a score, by which services are graded.
GRADED = "guangxi-poor-county"


@dataclass
class Ruled:
    """Drafts of rules, a version after the one of the batch, and the rows that rules ask something of."""

    draft: RuleDraft
    submitted: RuleDraft
    version: RuleSet
    graded: Assignment
    warned: Check


def build(town: Town, running: Assignment) -> Ruled:
    rules, data = town.batch.rule_set, dict(preset_data("tech-deputy"))
    writer = f.OperatorFactory(office=f.SeparateOfficeFactory())  # another than the reader, who decides
    submitted: RuleDraft = f.RuleDraftFactory(name="科技副总管理办法（修订稿）", data=data, written_by=writer)
    submit_draft(submitted, by=submitted.written_by, at=timezone.now(), reason="按新通知修订服务天数。")
    return Ruled(
        draft=f.RuleDraftFactory(name="科技副总管理办法（草稿）", data=data, written_by=town.office),
        submitted=submitted,
        version=f.RuleSetFactory(code=rules.code, version=rules.version + 1, name=rules.name, data=rules.data),
        graded=_graded(town),
        warned=_warned(running),
    )


def _graded(town: Town) -> Assignment:
    """A service that runs, in a batch whose services get grades."""
    rules = f.RuleSetFactory(code=GRADED, name="挂职评分细则", data=dict(preset_data(GRADED)))
    first = city.months_back(timezone.localdate(), 3)
    batch = f.BatchFactory(name="挂职批次", rule_set=rules, starts_on=first)
    host = f.HostFactory(batch=batch, enterprise=town.host.enterprise)
    made: Assignment = f.AssignmentFactory(batch=batch, host=host, doctor=town.doctors[5], starts_on=first)
    return made


def _warned(running: Assignment) -> Check:
    """The first month of a service, as a rule judges it that only warns."""
    check = Check.objects.filter(assignment=running).order_by("window").first()
    assert check is not None
    Check.objects.filter(pk=check.pk).update(verdict=Check.Verdict.WARNING)
    return check
