"""The office's table of background jobs: kinds, things and causes in words, failures, routine work."""

import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone, translation

import talentlink.tasks  # noqa: F401  declares the kinds of the watch
from core import jobs
from core.models import Job, LedgerEntry
from tests import factories as f

pytestmark = pytest.mark.django_db
PAGE = "/office/core/job/"


@pytest.fixture
def office() -> Client:
    client = Client()
    client.cookies["django_language"] = "en"
    client.force_login(f.CityUserFactory())
    return client


def job(kind: str, key: str = "1", **facts: Any) -> Job:
    now = timezone.now()
    ended = {"ended_at": now} if facts.get("state") in ("failed", "done") else {}
    return Job.objects.create(kind=kind, key=key, not_before=now, **ended, **facts)


def listed(client: Client, query: str = "") -> list[str]:
    return sorted(row.kind for row in client.get(f"{PAGE}?{query}").context["cl"].result_list)


def test_every_kind_has_words_and_a_job_is_called_by_them() -> None:
    assert sorted(Job.WORDS) == sorted(jobs.HANDLERS)
    made = job("match_need")
    with translation.override("en"):
        assert (made.words, str(made)) == ("shortlist of a need", f"shortlist of a need (job {made.pk})")
    assert job("of_the_future").words == "of_the_future"


def cells(text: str, name: str) -> list[str]:
    """What a column of the list holds, from the top."""
    return [cell.strip() for cell in re.findall(rf'(?s)<td class="field-{name} [^>]*>(.*?)</td>', text)]


def test_the_list_names_what_a_job_is_about(office: Client) -> None:
    need = f.NeedFactory()
    job("match_need", str(need.pk), args={"need": need.pk}, state="done")
    job("match_need", "gone", args={"need": need.pk + 1})
    text = office.get(PAGE).content.decode()
    link = f'<a href="/office/enterprises/need/{need.pk}/change/">{need.number} {need}</a>'
    assert (cells(text, "percent_done"), cells(text, "thing")) == (["—", "100%"], ["—", link])
    assert "shortlist of a need" in text


def test_failures_say_why_in_one_line(office: Client) -> None:
    job("match_need", state="failed", error="OperationalError: connection to server at 10.0.0.1 failed\nDETAIL")
    job("backup", state="failed", error="ValueError: the rule is empty\nmore")
    text = office.get(f"{PAGE}?state__exact=failed").content.decode()
    assert cells(text, "why") == ["The program met an error: the rule is empty", "The database did not answer."]
    assert cells(office.get(PAGE).content.decode(), "why") == []


def test_routine_work_is_listed_when_it_failed_or_is_asked_for(office: Client) -> None:
    job("watch", "1", state="done")
    job("close_month", "1", state="done")
    assert listed(office) == ["close_month"]
    assert listed(office, "routine=1") == ["close_month", "watch"]
    assert listed(office, "kind=watch") == ["watch"]
    job("watch", "2", state="failed", error="x")
    assert listed(office) == ["close_month", "watch"]


def test_doing_again_says_that_it_waits_and_where(office: Client) -> None:
    failed = job("match_need", state="failed", error="x")
    done = job("match_need", "2", state="done")
    form = {"action": "run_again", "_selected_action": [failed.pk, done.pk]}
    page = office.post(PAGE, form, follow=True)
    refused, said = [str(message) for message in page.context["messages"]]
    assert refused == f"shortlist of a need (job {done.pk}): Only work that failed is done again."
    assert "It waits again for a worker" in said and f'href="{PAGE}?state__exact=queued&amp;routine=1"' in said
    assert Job.objects.get(pk=failed.pk).state == "queued"
    entries = LedgerEntry.objects.filter(kind="setting_changed").values_list("about_label", "about_key", "facts")
    assert list(entries) == [("core.job", str(failed.pk), {"verb": "run_again"})]
