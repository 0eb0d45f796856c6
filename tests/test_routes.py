"""Every address, requested without sign-in and by every kind of user: no error, and no page or row of others."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, NamedTuple

import pytest
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.models import User
from core.errors import Refused
from core.models import Alarm, Backup, Epoch, Job, PhoneShown, Proposal
from core.notices import notify
from core.set_aside import set_aside
from enterprises.models import Host, Need
from experts.models import Doctor
from identity.actions import issue_token
from identity.models import AccountLink
from matching.models import FactorWeights, Feedback, Override, PlanLine, PlanQuota
from officedata.months import Month
from outbox.models import Channel, Mail, Preference
from privacy.models import Consent, ErasedTable, Erasure, PersonalRequest, PrivacyNotice
from programmes.models import Batch
from service.closing import close_month
from service.models import Outcome, Reminder
from service.standings import refresh_standings
from tests.confirming import confirm
from tests.factories import (
    START,
    AdministratorFactory,
    AssignmentFactory,
    AuditorFactory,
    CityUserFactory,
    CountyUserFactory,
    DepartmentUserFactory,
    DispatchFactory,
    DoctorUserFactory,
    HostFactory,
    InvitationFactory,
    LiaisonFactory,
    MemberFactory,
    NeedFactory,
    OperatorFactory,
    OrderFactory,
    ProgramUserFactory,
    QualificationFactory,
    ReopeningFactory,
    RuleDraftFactory,
    SeparateOfficeFactory,
    SheetFactory,
    SuggestionFactory,
    VisitFactory,
    WaiverFactory,
    WorkFactory,
    moment,
)
from tests.identity.passkeys import give_passkey

pytestmark = pytest.mark.django_db
AT = moment(START)


class Route(NamedTuple):
    path: str
    name: str

    @property
    def is_office(self) -> bool:
        return self.path.startswith("office/")

    @property
    def is_api(self) -> bool:
        return self.path.startswith("api/v1/")

    @property
    def is_about_a_thing(self) -> bool:
        return "<" in self.path


def routes(patterns: Any = None, before: str = "") -> Iterator[Route]:
    for pattern in patterns if patterns is not None else get_resolver().url_patterns:
        path = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, path)
        elif isinstance(pattern, URLPattern):
            yield Route(path, pattern.name or "")


# Addresses that only redirect are tested in tests/office/test_tables.py.
ROUTES = sorted(
    {route for route in routes() if not route.name.startswith("moved_")},
    key=lambda route: ("logout" in route.name or "switch" in route.name, route.path),
)


class World:
    """One row of every model, most of them related to one assignment, and the users they belong to."""

    def __init__(self) -> None:
        visit = VisitFactory()
        assignment, doctor = visit.assignment, visit.doctor
        host = assignment.host
        WorkFactory(doctor=doctor)
        need = NeedFactory(enterprise=host.enterprise, visibility="office")
        sheet = SheetFactory(enterprise=host.enterprise)
        self.order = OrderFactory(host=host, need=need, doctors=[doctor], status="dispatched")
        self.people: dict[str, User] = {
            "enterprise": MemberFactory(enterprise=host.enterprise).user,
            "university": LiaisonFactory(university=doctor.university).user,
            "doctor": doctor.user,
        }
        notify(self.people.values(), "need_published", key="1", at=AT, title="镁碳砖")
        run = SuggestionFactory(need=need, doctor=doctor).run
        close_month(Month.of(START), at=moment(START + timedelta(days=31)))
        self.things: dict[str, Any] = {
            "need": need,
            "doctor": doctor,
            "order": self.order,
            "dispatch": DispatchFactory(order=self.order, doctor=doctor),
            "assignment": assignment,
            "visit": visit,
            "check": assignment.checks.get(),
            "batch": assignment.batch,
            "ruleset": assignment.batch.rule_set,
            "ruledraft": RuleDraftFactory(written_by=host.chosen_by),
            "waiver": WaiverFactory(assignment=assignment),
            "standing": assignment,
            "survey": sheet.survey,
            "sheet": sheet,
            "notice": self.people["enterprise"].notices.get(),
            "user": self.people["doctor"],
            "ledger": self.people["doctor"],
            "proposal": self.proposal(),
            "colleague": self.people["enterprise"],
            "reset": CountyUserFactory(),
        }
        PlanLine.objects.create(run=run, need=need, why_none="no_candidate")
        self.decisions(need, doctor, assignment.batch, host.chosen_by)
        QualificationFactory(enterprise=host.enterprise)
        refresh_standings([assignment], on=START)
        by = host.chosen_by
        issue_token(by, by=by, label="x")
        Job.objects.get_or_create(kind="match_need", key="1", defaults={"not_before": AT})
        set_aside("close_month", assignment, Refused("x"), at=AT)
        Backup.objects.create(made_at=AT, release="0.3.0", ok=False, error="x")
        Epoch.objects.create(begun_at=AT, why="first")
        Alarm.objects.get_or_create(sign="disk", defaults={"headline": "x", "began_at": AT})
        PhoneShown.objects.create(by=by, kind="experts.doctor", key="1", whose="博士", at=AT)
        ReopeningFactory(assignment=assignment)
        Reminder.objects.create(assignment=assignment, month=START, sent_on=START, sent_by=by)
        outcome = Outcome.objects.create(
            kind="patent", title=f"一种砖{visit.pk}", happened_on=START, registered_by=by, registered_at=AT
        )
        outcome.assignments.add(assignment)
        doctor.interests.create(credit_code="x", what="持股")
        self.messages(by)
        self.access(self.people["doctor"])
        self.personal_data(by)
        self.invited(doctor, host)

    def invited(self, doctor: Doctor, host: Host) -> None:
        """An invitation, the rows from whose pages people are invited, and two accounts of one person."""
        user = self.people["doctor"]
        self.things |= {
            "invitation": InvitationFactory(user=user),
            "university": doctor.university,
            "liaison": doctor.university.liaisons.get(),
            "enterprise": host.enterprise,
            "member": host.enterprise.members.get(),
            "account": host.chosen_by,
            "accountlink": AccountLink.objects.create(first=user, second=DoctorUserFactory(), linked_at=AT),
        }

    def access(self, user: User) -> None:
        """A session and a passkey of a user."""
        self.things["person"] = user
        key = f"k{user.pk}"
        self.things["session"] = UserSession.objects.create(user=user, ip="192.0.2.1", session_key=key, user_agent="x")
        self.things["passkey"] = give_passkey(user)

    def proposal(self) -> Proposal:
        """A proposal of an operator whose office has no second one."""
        by = OperatorFactory(office=SeparateOfficeFactory())
        facts: dict[str, Any] = {"proposed_at": AT, "lapses_at": AT + timedelta(days=7), "reason": "下午要用"}
        return Proposal.objects.create(
            kind="many_phones",
            facts={"day": "2025-03-01"},
            decides="operator",
            office=by.office,
            proposed_by=by,
            **facts,
        )

    def messages(self, user: User) -> None:
        """A message that is not sent yet, with the address and the preference of its user."""
        Channel.objects.create(user=user, medium="mail", address="a@example.org", asked_at=AT, confirmed_at=AT)
        Preference.objects.create(user=user, kind="watch_alarm", mail=True, sms=False)
        told: dict[str, Any] = {
            "medium": "mail",
            "address": "a@example.org",
            "kind": "watch_alarm",
            "key": str(user.pk),
        }
        self.things["mail"] = Mail.objects.create(user=user, subject="主题", text="正文", queued_at=AT, **told)

    def personal_data(self, by: User) -> None:
        """A request of the doctor, an erasure of somebody else, and the notices of the roles."""
        doctor = self.people["doctor"]
        facts: dict[str, Any] = {"subject": "accounts.user", "key": doctor.pk, "kind": "correct", "text": "x"}
        self.things["personalrequest"] = PersonalRequest.objects.create(user=doctor, asked_at=AT, due_on=START, **facts)
        version = PrivacyNotice.objects.filter(role="doctor").count() + 1
        notice = PrivacyNotice.objects.create(role="doctor", version=version, text_zh="x", published_at=AT)
        Consent.objects.create(user=doctor, notice=notice, given_at=AT)
        erasure = Erasure.objects.create(
            subject="experts.doctor", key=1, pseudonym="p", pinyin="p", unique_name="u", again=True, at=AT, done_at=AT
        )
        rewritten: dict[str, Any] = {"table": "t", "columns": "c", "rows": 1, "before": "b", "after": "a", "at": AT}
        ErasedTable.objects.create(erasure=erasure, **rewritten)

    def decisions(self, need: Need, doctor: Doctor, batch: Batch, by: User) -> None:
        """Rows with the office's decisions about plans, and with weights learned from them."""
        pair: dict[str, Any] = {"need": need, "doctor": doctor}
        self.things["override"] = Override.objects.create(
            batch=batch, kind="pin", reason="企业点名", made_by=by, made_at=AT, **pair
        )
        PlanQuota.objects.create(batch=batch, enterprise_class="technology", most=10)
        engine = {"engine": "bm25", "engine_version": "1.0"}
        Feedback.objects.create(kind="pinned", rank=1, score=70, by=by, at=AT, **pair, **engine)
        version = FactorWeights.objects.count() + 1
        FactorWeights.objects.create(
            version=version, weights={"topic": 100}, adopted=False, why="too_little", made_at=AT
        )


DRAFT_PAGES = ("side", "name", "check", "file", "submit", "take_back", "drop", "in_force", "send_back")
# What a page is about, where its name does not begin with it.
ABOUT = {
    "given_new": "assignment", "waiver_new": "assignment", "outcome_new": "assignment", "host_choose": "batch",
    "match_start": "batch", "window_detail": "assignment",
    "match_cancel": "batch", "match_progress": "batch", "plan_accept": "batch", "plan_quotas": "batch",
    "plan_pin": "batch", "plan_forbid": "batch", "accept_cancel": "batch", "accept_progress": "batch",
    "accept_refused": "batch", "check_reopen": "check", "check_explain": "check", "mfa_remove_webauthn": "passkey",
    "api-monthly-check-detail": "check",
    "second_factor_reset": "person", "rule_version": "ruleset", "rule_version_file": "ruleset",
    **dict.fromkeys(["rule_draft", *(f"rule_draft_{page}" for page in DRAFT_PAGES)], "ruledraft"),
}  # fmt: skip


# The word that stands in an address, where it is no key.
SLUGS = {"my_data_copy": "json", "my_data_ask": "correct", "privacy_notice_new": "doctor"}


def address(route: Route, world: World) -> str:
    """The route with the keys of the world's rows in it."""
    path = route.path.replace("^", "").replace("$", "")
    model = re.match(r"office/(\w+)/(\w+)/<", path)
    if route.name in SLUGS:
        key: Any = SLUGS[route.name]
    elif model and route.name not in ABOUT:
        key = apps.get_model(*model.groups())._default_manager.order_by("pk").values_list("pk", flat=True)[0]
    elif route.name == "private_file":
        return "/files/qualifications/2025/nothing.pdf"
    elif route.name == "openid_connect_callback":
        return "/login/service/service/"
    elif route.name == "view_on_site":
        content = ContentType.objects.get_for_model(type(world.things["need"]))
        return f"/{path}".replace("<path:content_type_id>", str(content.pk)).replace(
            "<path:object_id>", str(world.things["need"].pk)
        )
    else:
        word = ABOUT.get(route.name, re.split("[_-]", route.name.removeprefix("api-"))[0])
        key = world.things[word].pk if "<" in path and word in world.things else ""
    path = re.sub(r"\(\?P<app_label>[^)]*\)", "service", path)
    path = re.sub(r"\(\?P<url>[^)]*\)", "nowhere", path)
    path = re.sub(r"\(\?P<\w+>[^)]*\)|<[^>]*>", str(key), path)
    assert "//" not in path, f"{route.name}: say in ABOUT what it is about"
    return f"/{path}"


@pytest.fixture
def world() -> World:
    return World()


class QuickClient(Client):
    """A client that does not keep a copy of the context of every template."""

    def request(self, **request: Any) -> Any:
        return self.handler(self._base_environ(**request))


def ask(user: User | None, world: World, method: str = "get", only: str = "") -> dict[Route, Any]:
    """The answers of every route, or of those whose path matches `only`."""
    client = QuickClient(raise_request_exception=False)
    if user is not None:
        client.force_login(user)
        confirm(client)
    asked = [route for route in ROUTES if re.search(only, route.path)]
    return {route: getattr(client, method)(address(route, world)) for route in asked}


def leads_to_login(response: Any) -> bool:
    return response.status_code == 302 and response["Location"].split("?")[0] in ("/login/", "/office/login/")


OPEN = {"landing", "livez", "readyz", "healthz", "style", "login", "account_login", "reset", "api_schema", "api_docs"}
# Pages of strangers who follow a link, without one, and with one that nobody made.
NO_LINK = {"invitation_open", "invitation_accept"}
# Pages of strangers that lead elsewhere, and those of a sign-in service, which is not set up.
LED_ON = {"reset_code", "service_sign_in", "openid_connect_callback"}


def test_a_stranger_finds_the_open_pages_and_else_the_sign_in(world: World) -> None:
    NeedFactory()
    answers = ask(None, world)
    open_names = {route.name for route, response in answers.items() if response.status_code == 200}
    assert open_names == OPEN
    for route, response in answers.items():
        if route.is_api:
            assert (route, response.status_code) == (route, 401)
        elif route.name in NO_LINK:
            assert (route, response.status_code) == (route, 404)
        elif route.name not in OPEN | LED_ON | {"need_detail", "set_language", "logout", "metrics"}:
            assert (route, response.status_code, leads_to_login(response)) == (route, 302, True)
    public = Client().get(f"/needs/{NeedFactory().pk}/")
    hidden = Client().get(f"/needs/{world.things['need'].pk}/")
    assert (public.status_code, leads_to_login(hidden)) == (200, True)


def test_a_stranger_changes_nothing(world: World) -> None:
    for route, response in ask(None, world, "post").items():
        if route.is_api:
            assert (route, response.status_code) == (route, 401)
        elif route.name not in OPEN | LED_ON | NO_LINK | {"set_language", "logout", "metrics"}:
            turned_away = leads_to_login(response) or response.status_code == 405
            assert (route, turned_away) == (route, True)


PEOPLE = {
    "city": CityUserFactory,
    "operator": OperatorFactory,
    "administrator": AdministratorFactory,
    "auditor": AuditorFactory,
    "county": CountyUserFactory,
    "department": DepartmentUserFactory,
    "program": ProgramUserFactory,
}
OTHERS = {"enterprise": lambda: MemberFactory().user, "university": lambda: LiaisonFactory().user}
# The admin's tables are alike, so their pages are requested only by the city office.
NO_TABLES = r"^(?!office/\w+/\w+/)"
TABLES_AND_ROWS = r"^(?!office/\w+/\w+/.*(add|history|delete|password|object_id>)/$)"
OF_OFFICES = ("city", "operator", "administrator", "auditor", "county", "department")
ASKED = {("", "post"): NO_TABLES, **{(role, "get"): TABLES_AND_ROWS for role in OF_OFFICES[1:]}}
ROLES = [*OF_OFFICES, "enterprise", "university", "doctor", "program"]


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("method", ["get", "post"])
def test_no_route_fails_whoever_asks(world: World, role: str, method: str) -> None:
    """An empty form is shown again or refused, a missing row gives 404, and nothing gives a server error."""
    user = world.people.get(role) or PEOPLE[role]()
    answers = ask(user, world, method, only=ASKED.get((role, method), ASKED.get(("", method), "")))
    fine = {200, 302, 403, 404, 405} | ({400, 409} if method == "post" else {400})
    assert {route.path: answer.status_code for route, answer in answers.items() if answer.status_code not in fine} == {}
    if role not in OF_OFFICES:
        seen = {route.name for route, answer in answers.items() if route.is_office and answer.status_code != 403}
        assert seen <= {"login", "logout"}  # only office staff may open the office's screens


# What an administrator and an auditor open in the office's site besides the frame (redirects, own password, sign-out).
FRAME = {
    "index", "login", "logout", "jsi18n", "autocomplete", "password_change", "password_change_done", "view_on_site",
}  # fmt: skip
OPENED = {
    # Accounts, invitations to them and their sign-in, running the system, and requests of persons about their data.
    "administrator": r"^office/(accounts/|people/|unlock/|reset/|powers/|identity/(invitation|accountlink)/|watch/"
    r"|core/(job|period|backup|epoch|alarm)/|personal/|privacy/|\(\?P)",
    # The ledger, the records of what was erased, and the versions of the rules.
    "auditor": r"^office/(core/phoneshown/|ledger/|privacy/(erasure|erasedtable)/|\(\?P)"
    r"|^office/(rules/$|rules/compare/|rules/<key:pk>/|programmes/ruleset/)",
}


@pytest.mark.parametrize("role", OPENED)
def test_a_duty_without_business_opens_no_business(world: World, role: str) -> None:
    user = PEOPLE[role]()
    for method in ("get", "post"):
        answers = ask(user, world, method, only=NO_TABLES if method == "post" else "")
        opened = {
            route.path
            for route, answer in answers.items()
            # Django redirects the address of a row to its page, which is asked for, too.
            if route.is_office
            and answer.status_code not in (403, 404, 405, 301)
            and route.name not in FRAME
            and not (method == "get" and answer.status_code == 302)
        }
        assert {path for path in opened if not re.match(OPENED[role], path)} == set()
    shown = ask(user, world, only="^(?!office|api)").items()
    assert {route.name for route, answer in shown if "镁碳砖".encode() in getattr(answer, "content", b"")} == set()


# Pages about a row that everyone may open who may see the row.
SHARED = {"batch_round", "my_data_copy", "my_data_ask"}


@pytest.mark.parametrize("role", ["enterprise", "university", "doctor", "program"])
def test_nobody_reaches_what_is_anothers(world: World, role: str) -> None:
    other = {**OTHERS, "doctor": DoctorUserFactory, "program": ProgramUserFactory}[role]()
    for method in ("get", "post"):
        for route, answer in ask(other, world, method, only="^(?!office|api).*<").items():
            if route.name not in SHARED:
                expected = answer.status_code if answer.status_code in (403, 405) else 404
                assert (method, route.path, answer.status_code) == (method, route.path, expected)


@pytest.mark.parametrize("role", ["county", "department"])
def test_an_office_sees_no_row_beyond_its_area(world: World, role: str) -> None:
    """Asked by a county office of another district, and by a department of other enterprises."""
    names = {"enterprise", "need", "host", "visitsheet", "order", "dispatch", "assignment", "visit", "waiver",
             "check", "reopening", "standing", "outcome", "project", "matchrun", "planline", "override", "feedback",
             "suggestion", "reminder", "qualification", "member"}  # fmt: skip
    answers = ask(PEOPLE[role](), world, only="/change/$")
    for route, answer in answers.items():
        found = re.match(r"office/\w+/(\w+)/<path:object_id>/change/", route.path)
        if found and found[1] in names:
            # The admin redirects a request for a missing row to its first page, with a message.
            assert (route.path, answer.status_code) == (route.path, 302)


def test_every_table_of_the_office_is_listed_with_its_rows(world: World) -> None:
    AssignmentFactory()
    HostFactory()
    client = Client()
    client.force_login(CityUserFactory())
    for route in ROUTES:
        if route.name.endswith("_changelist"):
            response = client.get(f"/{route.path}", {"q": "镁碳砖"})
            assert (route.path, response.status_code) == (route.path, 200)
