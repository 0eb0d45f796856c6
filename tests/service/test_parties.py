"""What rules ask of the people of a service is the same as before an act: which term it is, and the classes."""

from datetime import timedelta

import pytest

from service.parties import parties_of
from tests import factories as f
from tests.factories import START

pytestmark = pytest.mark.django_db
YEAR = timedelta(days=366)


def test_two_hosts_in_one_round_are_one_term_and_the_next_round_is_the_second() -> None:
    doctor, first = f.DoctorFactory(), f.BatchFactory(starts_on=START - YEAR)
    before = [
        f.AssignmentFactory(batch=first, doctor=doctor, starts_on=START - YEAR + timedelta(days=late),
                            ends_on=START - timedelta(days=1), status="completed")
        for late in (0, 30)
    ]  # fmt: skip
    after = f.AssignmentFactory(doctor=doctor)
    parties = parties_of(None, [each.pk for each in [*before, after]])
    assert [parties[each.pk]["nth"] for each in [*before, after]] == [1, 1, 2]


def test_classes_are_of_the_host_and_of_the_doctor() -> None:
    enterprise = f.EnterpriseFactory(enterprise_class="technology", size="small")
    host = f.HostFactory(enterprise=enterprise)
    service = f.AssignmentFactory(batch=host.batch, host=host, doctor=f.DoctorFactory(discipline="43050"))
    district = enterprise.district_id
    assert parties_of(None, [service.pk])[service.pk]["classes"] == {
        "technology", "small", f"district-{district[:2]}", f"district-{district[:4]}", f"district-{district}",
        "discipline-430", "discipline-43050",
    }  # fmt: skip
