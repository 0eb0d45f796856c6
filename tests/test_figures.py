"""Every figure that links to a list opens exactly the rows that it counts, for every kind of user.

A template marks such a link with `data-figure`, the number that it shows. The tests open every such link.
"""

from collections.abc import Iterator
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin

import pytest
import time_machine
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from core.ledger import record
from core.models import Job, Proposal, SetAside
from core.notices import notify
from core.origin import Origin, origin
from enterprises.models import Need
from outbox.models import Mail
from service.models import Outcome
from service.standings import refresh_standings
from tests import factories as f
from tests.factories import START, moment
from tests.scope_world import ScopeWorld
from tests.test_routes import ROUTES

pytestmark = pytest.mark.django_db
TODAY = START + timedelta(days=40)
NOW = moment(TODAY)
PEOPLE = ["nobody", "auditor", "city", "county_a", "dept_x", "lead", "stranger", "uni_1", "doc_1"]


class Figures(HTMLParser):
    """The figures of a page: each number with the address of its link."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = dict(attrs)
        address = facts.get("href") or facts.get("data-href")
        if facts.get("data-figure") is not None and address is not None:
            self.found.append((str(facts["data-figure"]), address))


class FiguresWorld(ScopeWorld):
    """The small city with several rows for each figure, and with rows of another batch that no figure may count."""

    def __init__(self) -> None:
        super().__init__()
        self.pages = [
            *(f"/office/round/{batch.pk}/" for batch in (self.batch, self.other_host.batch)),
            f"/office/round/{self.batch.pk}/plan/",
        ]
        self._needs()
        self._services()
        self._surveys()
        self._work()
        self._records()

    def _needs(self) -> None:
        for firm in (self.lead, self.served, self.stranger):
            for status in ("draft", "draft", "returned", "returned", "submitted", "published"):
                need: Need = f.NeedFactory(enterprise=firm, status=status)
                if status == "published":
                    f.SuggestionFactory(need=need, doctor=self.doctor_1)
        f.NeedFactory(enterprise=self.lead, submitted_at=moment(START - timedelta(days=400)))
        f.OrderFactory(host=self.host, doctors=[self.doctor_1])
        f.DispatchFactory(doctor=self.doctor_1, answer_by=TODAY - timedelta(days=1))
        f.DispatchFactory(doctor=self.doctor_1, answer_by=TODAY)

    def _services(self) -> None:
        for host, doctor in ((self.host, f.DoctorFactory(university=self.university_1)), (self.other_host, None)):
            given = {"doctor": doctor} if doctor else {}
            for status in ("active", "preparing", "preparing"):
                row = f.AssignmentFactory(host=host, batch=host.batch, status=status, **given)
                given = {}
                if status == "active":
                    f.VisitFactory(assignment=row)
                    refresh_standings([row], on=TODAY)
        refresh_standings([self.assignment, self.other_assignment], on=TODAY)
        for number, assignments in enumerate(([self.assignment], [self.other_assignment], [self.assignment] * 2)):
            outcome = Outcome.objects.create(
                kind="project", title=f"课题{number}", happened_on=START, registered_by=self.city, registered_at=NOW
            )
            outcome.assignments.add(*assignments)
        Outcome.objects.last().assignments.add(f.AssignmentFactory(host=self.host, batch=self.batch))

    def _surveys(self) -> None:
        survey = f.SurveyFactory(programme=self.batch.programme, batch=self.batch)
        for firm, office in ((self.lead, self.x), (self.served, self.x), (self.stranger, self.y)):
            f.SheetFactory(survey=survey, enterprise=firm, department=office, visited_on=None, people="")
        self.pages.append(f"/office/survey/{survey.pk}/")

    def _work(self) -> None:
        """Jobs with each kind of trouble, and jobs whose work a later job did."""
        ago = NOW - timedelta(hours=2)
        for key, state in (("1", "failed"), ("2", "failed"), ("2", "done"), ("3", "running"), ("4", "queued")):
            facts: dict[str, Any] = {"lease_until": ago} if state == "running" else {}
            facts |= {"ended_at": ago} if state in ("failed", "done") else {}
            Job.objects.create(kind="match_need", key=key, state=state, not_before=ago, **facts)
        Job.objects.create(kind="of_tomorrow", key="1", not_before=ago)
        SetAside.objects.update(resolved_at=None)
        for state in ("queued", "sending", "failed", "failed", "unsure"):
            mail: dict[str, Any] = {"user": self.city, "medium": "mail", "address": "x@example.org", "kind": "k"}
            mail |= {"failed": {"ended_at": ago}, "sending": {"lease_until": NOW}}.get(state, {})
            Mail.objects.create(key=f"{state}{Mail.objects.count()}", text="x", queued_at=ago, state=state, **mail)
        notify([self.city, self.people["lead"]], "need_published", key="9", at=ago, title="镁碳砖")
        self.city.notices.order_by("pk").filter(pk__lt=self.city.notices.last().pk).update(read_at=ago)

    def _records(self) -> None:
        """What an auditor looks at; some sign-ins failed from addresses of which one begins with the other."""
        self.people["auditor"] = f.AuditorFactory()
        for address, about in (("10.0.0.1", self.city), ("10.0.0.1", None), ("10.0.0.12", self.people["lead"])):
            came = origin.set(Origin(address=address))
            record("sign_in_failed", by=None, about=about)
            origin.reset(came)
        record("refused_access", by=self.city)
        for rows in (1, settings.EXPORT_ROWS, settings.EXPORT_ROWS + 1):
            record("exported", by=self.city, rows=rows)
        for _n in range(2):
            record("phone_shown", by=self.city, about=self.doctor_1)
        days = ["2025-03-01", "2025-03-02"]
        report = {"days": 3, "entries": 9, "wrong": 2, "faults": [{"day": days[0], "what": "seal", "entry": None}]}
        report["wrong_days"] = days
        Job.objects.create(kind="check_ledger", key="all", state="done", not_before=NOW, ended_at=NOW, result=report)
        self._proposals()

    def _proposals(self) -> None:
        office = self.city.office
        for days in (1, 4, 5):  # of which two wait too long
            Proposal.objects.create(
                kind="choose_powers",
                decides="administrator",
                office=office,
                facts={"choice": "two"},
                reason="x",
                proposed_by=self.city,
                proposed_at=NOW - timedelta(days=days),
                lapses_at=NOW + timedelta(days=1),
            )


@pytest.fixture
def world() -> Iterator[FiguresWorld]:
    with time_machine.travel(NOW, tick=False):
        yield FiguresWorld()


def signed_in(user: User | None) -> Client:
    client = Client()
    if user is not None:
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def rows_listed(page: Any) -> int:
    """How many rows a list has on all its pages."""
    if page.status_code != 200:
        return -page.status_code
    facts = page.context
    if "cl" in facts:
        return int(facts["cl"].result_count)
    for name in ("page", "page_obj"):
        if name in facts:
            return int(facts[name].paginator.count)
    return len(facts["rows"] if "rows" in facts else facts["troubles"])


def figures_on(client: Client, address: str) -> list[tuple[str, str]]:
    page = client.get(address)
    if page.status_code != 200 or not page.headers["Content-Type"].startswith("text/html"):
        return []
    parser = Figures()
    parser.feed(page.content.decode())
    return [(number, urljoin(address, link)) for number, link in parser.found]


def followed(client: Client, pages: list[str]) -> list[tuple[str, str, str, int]]:
    """Each figure of the pages: the first page with it, the address of its link, its number, and the rows listed."""
    seen: dict[tuple[str, str], tuple[str, int]] = {}
    for page in pages:
        for number, link in figures_on(client, page):
            if (number, link) not in seen:  # followed at once: the pages that come refuse access, which is counted
                seen[number, link] = page, rows_listed(client.get(link))
    return [(page, link, number, rows) for (number, link), (page, rows) in seen.items()]


def plain_pages() -> list[str]:
    """Every page whose address has no key, except REST, sign-out, forms to add a row, and the style page (samples)."""
    found = [f"/{route.path}" for route in ROUTES if not route.is_about_a_thing and "(?P" not in route.path]
    return [page for page in found if not page.startswith(("/api/", "/style/", "/logout/")) and "/add/" not in page]


@pytest.mark.parametrize("name", PEOPLE)
def test_every_figure_opens_the_rows_it_counts(world: FiguresWorld, name: str) -> None:
    """Also, no page queries the tables of permissions, which are empty because the rules decide."""
    client = signed_in(world.people.get(name))
    with CaptureQueriesContext(connection) as queries:
        checked = followed(client, [*plain_pages(), *world.pages])
    assert [row for row in checked if row[2] != str(row[3])] == []
    assert len(checked) >= LEAST.get(name, 0)
    assert [each["sql"] for each in queries if "auth_permission" in each["sql"] or "auth_group" in each["sql"]] == []


# The number of figures found for each person when this was written, so that a lost mark fails the test.
LEAST = {"auditor": 10, "city": 62, "county_a": 48, "dept_x": 47, "lead": 8, "stranger": 6, "uni_1": 7, "doc_1": 2}


@pytest.mark.parametrize("name", [*PEOPLE, "public"])
def test_every_entry_of_the_menu_opens(world: FiguresWorld, name: str) -> None:
    client = signed_in(world.people.get(name))
    entries = client.get("/", follow=True).context["nav"]
    assert [(each["url"], client.get(each["url"]).status_code) for each in entries] == [
        (each["url"], 200) for each in entries
    ]
    assert bool(entries) is (name in world.people)
