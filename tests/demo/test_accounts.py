"""What the terminal says of the demo's accounts, and what the building of the demo does not say."""

import logging
from typing import Any

import pytest
from django.utils import timezone

from core import jobs
from core.models import Job
from demo.accounts import account_lines
from demo.management.commands.demo import in_haste
from tests.factories import CityUserFactory

pytestmark = pytest.mark.django_db


def test_the_lines_say_which_is_the_user_name_and_which_the_password() -> None:
    assert account_lines() == []
    CityUserFactory(username="office")
    heading, office = account_lines()
    assert heading.split() == ["用户名", "密码", "是谁"]
    assert office.split()[:2] == ["office", "yunquan-demo"]


@pytest.mark.django_db(transaction=True)
def test_no_line_is_logged_for_a_job_of_the_demo(caplog: pytest.LogCaptureFixture, settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]

    def run() -> int:
        caplog.clear()
        job = jobs.enqueue("settle_terms", "now", by=None, at=timezone.now())
        assert jobs.run(job.pk) == "done"
        return sum("job_ended" in record.getMessage() for record in caplog.records)

    with caplog.at_level(logging.INFO):
        with in_haste():
            assert run() == 0
        assert run() == 1
    assert Job.objects.filter(state="done").count() == 2
