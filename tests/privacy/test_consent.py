"""Nobody does anything before he agreed to the notice in force of his role."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from core.errors import Refused
from core.models import LedgerEntry
from identity.actions import issue_token
from privacy import actions
from privacy.consents import forget_versions, notice_for
from privacy.models import Consent, PrivacyNotice
from privacy.models.notices import ASKED
from privacy.notice_texts import packaged, parts_of
from tests import factories as f
from tests.factories import START, moment
from tests.identity.conftest import enter

pytestmark = pytest.mark.django_db
AT = moment(START)
NOTICE = "/privacy/"


@pytest.fixture(autouse=True)
def _asked(settings: Any) -> None:
    settings.ASK_CONSENT = True
    forget_versions()


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def agree(client: Client, role: str, **data: Any) -> Any:
    return client.post(NOTICE, {"notice": notice_for(role, AT).pk, **data})


@pytest.mark.parametrize("path", ["/home/", "/my-data/", "/messages/settings/", "/", "/visits/?q=a&page=2"])
def test_every_page_leads_to_the_notice_and_back(path: str) -> None:
    client = client_of(f.DoctorFactory().user)
    asked = client.get(path)
    assert (asked.status_code, asked.url.split("?")[0]) == (302, NOTICE)
    page = client.get(asked.url)
    assert page.context["next"] == path
    given = client.post(NOTICE, {"notice": page.context["notice"].pk, "next": page.context["next"]})
    assert (given.status_code, given.url) == (302, path)
    assert client.get(path).status_code == 200


@pytest.mark.parametrize("user", [f.CityUserFactory, lambda: f.MemberFactory().user, lambda: f.LiaisonFactory().user])
def test_each_role_reads_its_own_notice(user: Any) -> None:
    person = user()
    client = client_of(person)
    page = client.get(NOTICE)
    assert (page.status_code, page.context["notice"].role) == (200, person.role)
    assert agree(client, person.role).status_code == 302
    assert client.get("/home/").headers.get("Location", "").startswith(NOTICE) is False


def test_a_post_changes_nothing_before() -> None:
    person = f.DoctorFactory().user
    client = client_of(person)
    answer = client.post("/messages/settings/", {"language": "en"})
    assert (answer.status_code, answer.url) == (302, NOTICE)
    assert client.post("/messages/settings/", headers={"HX-Request": "true"}).headers["HX-Redirect"] == NOTICE


def test_rest_by_session_is_asked_and_a_program_is_not() -> None:
    office = f.CityUserFactory()
    client = client_of(office)
    assert client.get("/api/v1/visits/").status_code == 403
    assert client.get("/api/v1/visits/", headers={"Authorization": "Bearer x"}).status_code == 403
    program = f.ProgramUserFactory(office=office.office)
    _token, key = issue_token(program, by=office, label="x")
    assert Client().get("/api/v1/visits/", headers={"Authorization": f"Token {key}"}).status_code == 200
    # A token does not open the pages of the session beside it.
    assert client.get("/home/", headers={"Authorization": f"Token {key}"}).status_code == 302


def test_password_language_and_leaving_stay_open() -> None:
    client = client_of(f.DoctorFactory().user)
    assert client.get("/password/").status_code == 200
    assert client.post("/language/setlang/", {"language": "en"}).status_code == 302
    assert client.post("/logout/").status_code == 302
    assert client.get("/home/").url.startswith("/login/") is True


def test_consent_is_on_record() -> None:
    person = f.DoctorFactory().user
    client = client_of(person)
    agree(client, person.role)
    agree(client, person.role)
    given = Consent.objects.get()
    assert (given.user, given.notice.version, given.address) == (person, 1, "127.0.0.1")
    entry = LedgerEntry.objects.get(kind="consent_given")
    assert (entry.who, entry.facts["version"]) == (person.pk, 1)


def test_declining_signs_out_and_says_whom_to_ask(settings: Any) -> None:
    settings.PRIVACY_CONTACT = "云泉市人才办 0356-0000000"
    client = client_of(f.DoctorFactory().user)
    answer = client.post("/privacy/decline/")
    assert (answer.status_code, answer.context["contact"]) == (200, "云泉市人才办 0356-0000000")
    assert client.get("/home/").url.startswith("/login/") is True
    assert Consent.objects.count() == 0


def test_a_new_version_is_asked_for_again() -> None:
    person, office = f.DoctorFactory().user, f.CityUserFactory()
    client, other = client_of(person), client_of(person)
    agree(client, person.role)
    assert (client.get("/home/").status_code, other.get("/home/").status_code) == (200, 200)
    actions.publish_notice("doctor", by=office, at=AT, text_zh="## 新\n新的告知", changes="增加一项用途")
    forget_versions()
    assert client.get("/home/").url.startswith(NOTICE) is True
    page = client.get(NOTICE)
    assert (page.context["notice"].version, page.context["is_new"], page.context["given"]) == (2, True, None)
    agree(client, person.role)
    assert client.get("/home/").status_code == 200
    assert Consent.objects.filter(user=person).count() == 2


def test_agreeing_to_an_old_version_is_refused() -> None:
    person, office = f.DoctorFactory().user, f.CityUserFactory()
    old = notice_for("doctor", AT)
    actions.publish_notice("doctor", by=office, at=AT, text_zh="新的告知", changes="x")
    with pytest.raises(Refused) as refusal:
        actions.agree(old, by=person, at=AT, address="")
    assert refusal.value.code == "another_notice"
    enterprise = notice_for("enterprise", AT)
    with pytest.raises(Refused):
        actions.agree(enterprise, by=person, at=AT, address="")


def test_withdrawing_shuts_the_pages_until_one_agrees_again() -> None:
    person = f.DoctorFactory().user
    client = client_of(person)
    agree(client, person.role)
    assert client.get("/my-data/withdraw/").status_code == 200
    assert client.post("/privacy/withdraw/").status_code == 200
    assert client.get("/home/").url.startswith("/login/") is True
    again = client_of(person)
    assert again.get("/home/").url.startswith(NOTICE) is True
    agree(again, person.role)
    assert Consent.objects.filter(user=person).in_force().count() == 1
    assert Consent.objects.filter(user=person).count() == 2


def test_an_open_session_elsewhere_ends_with_the_consent() -> None:
    person = f.DoctorFactory().user
    here, there = client_of(person), Client()
    agree(here, person.role)
    enter(there, person)
    assert there.get("/home/").status_code == 200
    here.post("/privacy/withdraw/")
    assert there.get("/home/").url.startswith("/login/") is True


@pytest.mark.parametrize("role", ASKED)
def test_the_packaged_notices_say_what_the_law_demands(role: str) -> None:
    """Who, what for, which kinds of data, how long, which rights, whom to ask (articles 7, 17, 44–50)."""
    for text in packaged(role)[:2]:
        parts = parts_of(text)
        assert len(parts) >= 6
        assert all(part.paragraphs or part.entries for part in parts)
        assert "{" not in "".join(line for part in parts for line in (*part.paragraphs, *part.entries))
    titles = [part.title for part in parts_of(packaged(role).zh)]
    assert {"谁在处理、用于什么", "处理哪些信息", "谁能看到", "保存多久", "您的权利", "联系方式"} <= set(titles)


def test_the_packaged_notice_is_one_version_until_its_text_changes() -> None:
    assert notice_for("doctor", AT) == notice_for("doctor", AT)
    PrivacyNotice.objects.filter(role="doctor").update(packaged="of an earlier release", text_zh="旧的告知")
    assert notice_for("doctor", AT).version == 2
    actions.publish_notice("doctor", by=f.CityUserFactory(), at=AT, text_zh="本市的告知", changes="x")
    assert notice_for("doctor", AT).text_zh == "本市的告知"
