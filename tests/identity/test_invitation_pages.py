"""Pages of invitations: from the link to the first page, links that are over, and how people and lists are invited."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from enterprises.models import Member
from experts.models import Doctor, Liaison
from identity.invitations import resend_invitation, withdraw_invitation
from identity.links import Sending
from identity.models import Invitation
from outbox.models import Mail
from tests import factories as f
from tests.outbox.conftest import use
from tests.outbox.server import mail_server

pytestmark = pytest.mark.django_db
PASSWORD = "zao qi de niao er"
CHOSEN = {"username": "hanli", "password1": PASSWORD, "password2": PASSWORD}
KEY = re.compile(r"/invitation/([\w-]{30,})/")


@pytest.fixture
def as_user() -> Callable[[User], Client]:
    def sign_in(user: User) -> Client:
        client = Client()
        client.cookies["django_language"] = "en"
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in


@pytest.fixture(autouse=True)
def _one_factor(settings: Any) -> None:
    settings.SECOND_FACTOR = []


@pytest.fixture
def mail(settings: Any) -> Any:
    with mail_server() as (postmaster, port):
        use(settings, port)
        yield postmaster


def stranger() -> Client:
    client = Client()
    client.cookies["django_language"] = "en"
    return client


def doctor(**facts: Any) -> Doctor:
    """A doctor without an account."""
    made: Doctor = f.DoctorFactory(user=None, **facts)
    return made


def invited(key: str, **facts: Any) -> Invitation:
    """An open invitation of a doctor, with this key."""
    user = f.DoctorUserFactory(password="!", name="韩立")
    f.DoctorFactory(user=user, name="韩立")
    invitation: Invitation = f.InvitationFactory(user=user, key=key, **facts)
    return invitation


# -- The link --------------------------------------------------------------------------------------------------


def test_a_link_leads_to_a_page_without_the_key_and_writes_nothing() -> None:
    invitation, client = invited("1secret"), stranger()
    answer = client.get("/invitation/1secret/")
    assert (answer.status_code, answer["Location"]) == (302, "/invitation/")
    page = client.get("/invitation/")
    assert (page.status_code, "1secret" in page.content.decode()) == (200, False)
    text = page.content.decode()
    said = ("韩立", str(invitation.user.doctor.university), str(invitation.sent_by.office))
    assert [word in text for word in said] == [
        True, True, True,
    ]  # fmt: skip
    assert "1secret" not in str(dict(client.session))
    before = Invitation.objects.values().get(pk=invitation.pk)
    client.head("/invitation/1secret/")
    assert Invitation.objects.values().get(pk=invitation.pk) == before


def test_from_the_link_to_the_first_page() -> None:
    invitation, client = invited("1secret"), stranger()
    client.get("/invitation/1secret/")
    old = client.session.session_key
    answer = client.post("/invitation/", CHOSEN)
    assert (answer.status_code, answer["Location"]) == (302, "/home/")
    assert (client.session["_auth_user_id"], client.session.session_key == old) == (str(invitation.user_id), False)
    assert "invitation" not in client.session
    home = client.get("/home/")
    assert (home.status_code, "Welcome, 韩立. From now on you sign in as “hanli”" in home.content.decode()) == (
        200,
        True,
    )
    assert stranger().post("/login/", {"username": "hanli", "password": PASSWORD}).status_code == 302


def test_who_is_signed_in_is_signed_out_by_the_link_of_another(as_user: Callable[[User], Client]) -> None:
    other = f.CityUserFactory(name="王主任")
    invitation, client = invited("1secret"), as_user(other)
    client.get("/invitation/1secret/")
    assert "王主任 is signed in on this device" in client.get("/invitation/").content.decode()
    client.post("/invitation/", CHOSEN)
    assert client.session["_auth_user_id"] == str(invitation.user_id)


def test_what_is_wrong_is_said_beside_its_field() -> None:
    f.DoctorUserFactory(username="nangong")
    invitation, client = invited("1secret"), stranger()
    client.get("/invitation/1secret/")
    errors = [
        client.post("/invitation/", {**CHOSEN, **wrong}).context["form"].errors
        for wrong in ({"username": "nang0ng"}, {"password2": "another one"}, {"password1": "123", "password2": "123"})
    ]
    assert [list(each) for each in errors] == [["username"], ["password2"], ["password1"]]
    assert errors[0]["username"] == ["“nang0ng” looks like “nangong”, which is taken; choose another."]
    invitation.refresh_from_db()
    assert invitation.status == "waiting"


OVER = {
    "accepted": "This invitation was used already",
    "replaced": "This link was replaced by a newer one",
    "withdrawn": "This invitation was withdrawn",
    "expired": "This invitation has expired",
    "closed": "This account was closed",
}


@pytest.mark.parametrize("state", OVER)
def test_a_link_that_is_over_says_why_and_whom_to_ask(state: str) -> None:
    invitation, client, now = invited("1secret"), stranger(), timezone.now()
    by = invitation.sent_by
    if state == "accepted":
        client.get("/invitation/1secret/")
        client.post("/invitation/", CHOSEN)
        client = stranger()
    elif state == "replaced":
        resend_invitation(invitation, by=by, at=now, sending=Sending("shown"))
    elif state == "withdrawn":
        withdraw_invitation(invitation, by=by, at=now)
    elif state == "closed":
        User.objects.filter(pk=invitation.user_id).update(is_active=False)
    later = now + timedelta(days=20 if state == "expired" else 0)
    with time_machine.travel(later):
        client.get("/invitation/1secret/")
        page = client.get("/invitation/")
        assert client.post("/invitation/", CHOSEN).status_code == 410
    text = page.content.decode()
    assert (page.status_code, OVER[state] in text, str(by.office) in text) == (410, True, True)
    invitation.user.refresh_from_db()
    assert invitation.user.has_usable_password() is (state == "accepted")


def test_a_link_that_nobody_made_says_so() -> None:
    page = stranger().get("/invitation/1nothing/")
    assert (page.status_code, "This link does not work" in page.content.decode()) == (404, True)


def test_an_earlier_opened_link_is_over_when_somebody_was_faster() -> None:
    invited("1secret")
    slow, fast = stranger(), stranger()
    for client in (slow, fast):
        client.get("/invitation/1secret/")
    assert fast.post("/invitation/", CHOSEN).status_code == 302
    late = slow.post("/invitation/", {**CHOSEN, "username": "other"})
    assert (late.status_code, OVER["accepted"] in late.content.decode()) == (410, True)


# -- One person ------------------------------------------------------------------------------------------------


def test_a_university_invites_its_doctor_by_mail(as_user: Callable[[User], Client], mail: Any) -> None:
    liaison = f.LiaisonFactory()
    mine = doctor(university=liaison.university, name="韩立", email="han@uni.example", phone="13800001234")
    theirs = doctor()
    client = as_user(liaison.user)
    page = client.get(reverse("doctor_invite", args=[mine.pk]))
    assert page.context["form"].initial == {"mail": "han@uni.example", "phone": "13800001234"}
    assert client.get(reverse("doctor_invite", args=[theirs.pk])).status_code == 404
    answer = client.post(reverse("doctor_invite", args=[mine.pk]), {"way": "mail", "mail": "han@uni.example"})
    assert (answer.status_code, answer["Location"]) == (302, f"/doctors/{mine.pk}/")
    mine.refresh_from_db()
    invitation = Invitation.objects.get()
    assert (invitation.user, invitation.way, invitation.address) == (mine.user, "mail", "han@uni.example")
    assert mine.user is not None
    assert (mine.user.role, mine.user.name, mine.user.username) == ("doctor", "韩立", "hanli")
    detail = client.get(f"/doctors/{mine.pk}/").content.decode()
    assert [word in detail for word in ("invited", "Send a new link")] == [True, True]


def test_a_link_is_shown_once_with_its_code(as_user: Callable[[User], Client]) -> None:
    client = as_user(f.CityUserFactory())
    mine = doctor(name="韩立")
    page = client.post(reverse("doctor_invite", args=[mine.pk]), {"way": "shown"})
    text = page.content.decode()
    keys = set(KEY.findall(text))
    assert (page.status_code, page["Cache-Control"], len(keys)) == (200, "no-store, private", 1)
    assert Invitation.objects.with_key(keys.pop()).get().user.name == "韩立"
    svg = re.search(r"<svg class=\"qr\".*?</svg>", text, re.DOTALL)
    assert svg is not None
    assert [bad for bad in ("style", "id=", "script") if bad in svg[0]] == []
    again = client.post(reverse("doctor_invite", args=[mine.pk]), {"way": "shown"})
    assert list(Invitation.objects.order_by("pk").values_list("status", flat=True)) == ["replaced", "waiting"]
    assert set(KEY.findall(again.content.decode())) != keys


def test_who_can_sign_in_is_not_invited(as_user: Callable[[User], Client]) -> None:
    there = f.DoctorFactory()
    answer = as_user(f.CityUserFactory()).post(reverse("doctor_invite", args=[there.pk]), {"way": "shown"})
    assert (answer.status_code, Invitation.objects.count()) == (302, 0)


@pytest.mark.parametrize("kind", ["enterprise", "university"])
def test_colleagues_are_invited_to_their_own_body(as_user: Callable[[User], Client], kind: str) -> None:
    own: Any = f.MemberFactory() if kind == "enterprise" else f.LiaisonFactory()
    other: Any = f.MemberFactory() if kind == "enterprise" else f.LiaisonFactory()
    body, foreign = getattr(own, kind), getattr(other, kind)
    client = as_user(own.user)
    hub = client.get("/invitations/").content.decode()
    assert reverse(f"{kind}_invite", args=[body.pk]) in hub
    assert (
        client.post(reverse(f"{kind}_invite", args=[foreign.pk]), {"name": "厉飞雨", "way": "shown"}).status_code == 404
    )
    assert client.post(reverse(f"{kind}_invite", args=[body.pk]), {"name": "厉飞雨", "way": "shown"}).status_code == 200
    people: Any = Member if kind == "enterprise" else Liaison
    made = people.objects.latest("pk")
    assert (made.user.name, getattr(made, kind), made.user.role) == ("厉飞雨", body, kind)
    assert Invitation.objects.get().user == made.user
    assert client.get("/invitations/").context["page"].paginator.count == 1
    assert as_user(other.user).get("/invitations/").context["page"].paginator.count == 0


def test_an_invitation_is_withdrawn_and_sent_again(as_user: Callable[[User], Client]) -> None:
    liaison = f.LiaisonFactory()
    user = f.DoctorUserFactory(password="!")
    f.DoctorFactory(user=user, university=liaison.university)
    invitation = f.InvitationFactory(user=user, key="1old")
    client = as_user(liaison.user)
    client.post(reverse("invitation_resend", args=[invitation.pk]), {"way": "shown"})
    newer = Invitation.objects.latest("pk")
    assert client.post(reverse("invitation_withdraw", args=[newer.pk])).status_code == 302
    assert list(Invitation.objects.order_by("pk").values_list("status", flat=True)) == ["replaced", "withdrawn"]
    page = client.get("/invitations/")
    assert [row["acts"] for row in page.context["rows"]] == [["resend"], []]
    for verb in ("resend", "withdraw"):
        theirs = as_user(f.LiaisonFactory().user).post(reverse(f"invitation_{verb}", args=[newer.pk]), {"way": "shown"})
        assert theirs.status_code == 404


# -- A list ----------------------------------------------------------------------------------------------------


def chosen(name: str, rows: list[Any], **more: str) -> dict[str, Any]:
    return {name: [row.pk for row in rows], **more}


def test_a_list_says_what_will_go_where_before_anything_is_sent(as_user: Callable[[User], Client], mail: Any) -> None:
    liaison = f.LiaisonFactory()
    own = {"university": liaison.university}
    rows = [
        doctor(name="甲", email="jia@uni.example", **own),
        doctor(name="乙", phone="13800001234", **own),
        f.DoctorFactory(name="丙", **own),
        doctor(name="丁", email="ding@uni.example"),  # of another university
    ]
    client = as_user(liaison.user)
    page = client.post(reverse("doctor_invite_many"), chosen("doctor", rows))
    planned = {each.invitee.name: each.words for each in page.context["planned"]}
    assert planned == {
        "甲": "gets a mail to j***@uni.example",
        "乙": "has no address: stands on the printed sheet",
        "丙": "is left out: can sign in",
    }
    assert (Invitation.objects.count(), Mail.objects.count()) == (0, 0)
    assert User.objects.filter(name__in=["甲", "乙"]).count() == 0
    done = client.post(reverse("doctor_invite_many"), chosen("doctor", rows, how="mail", act="send"))
    assert [(invitee.name, words) for invitee, _tone, words in done.context["rows"]] == [
        ("甲", "The invitation of 甲 is being sent to j***@uni.example."),
        ("丙", "is left out: can sign in"),
    ]
    assert [each.invitee.name for each in done.context["left"]] == ["乙"]
    assert Invitation.objects.get().user.name == "甲"
    # Once more: who has an open invitation is left out, unless a new link is asked for.
    again = client.post(reverse("doctor_invite_many"), chosen("doctor", rows, how="mail", act="preview"))
    said = {each.invitee.name: each.words for each in again.context["planned"]}
    assert said["甲"] == "is left out: has an open invitation"
    anew = client.post(reverse("doctor_invite_many"), chosen("doctor", rows, how="mail", again="on", act="send"))
    assert anew.context["sent"] == 1
    assert list(Invitation.objects.order_by("pk").values_list("status", flat=True)) == ["replaced", "waiting"]


def test_a_sheet_has_a_working_code_for_each_and_printing_makes_new_ones(as_user: Callable[[User], Client]) -> None:
    city = f.CityUserFactory()
    rows = [doctor(name=f"博士{at}") for at in range(9)]
    client = as_user(city)

    def printed() -> list[str]:
        page = client.post(reverse("doctor_invite_many"), chosen("doctor", rows, act="print"))
        assert (page.status_code, page["Cache-Control"]) == (200, "no-store, private")
        text = page.content.decode()
        assert text.count('<svg class="qr"') == 9
        return [each.link.rstrip("/").rpartition("/")[2] for each in page.context["tickets"]]

    first, second = printed(), printed()
    assert {Invitation.objects.with_key(key).get().status for key in first} == {"replaced"}
    assert [Invitation.objects.with_key(key).get().user.name for key in second] == [row.name for row in rows]
    user = stranger()
    user.get(f"/invitation/{second[4]}/")
    assert user.post("/invitation/", CHOSEN)["Location"] == "/home/"


@pytest.mark.parametrize(("table", "name"), [("experts_doctor", "doctor"), ("enterprises_member", "member")])
def test_the_offices_tables_lead_to_the_same_page(as_user: Callable[[User], Client], table: str, name: str) -> None:
    user = f.UserFactory(role="doctor" if name == "doctor" else "enterprise", password="!", name="韩立")
    row: Any = f.DoctorFactory(user=user, name="韩立") if name == "doctor" else f.MemberFactory(user=user)
    client = as_user(f.CityUserFactory())
    asked = {"action": "invite", "_selected_action": [row.pk]}
    page = client.post(reverse(f"admin:{table}_changelist"), asked)
    assert [each.invitee.name for each in page.context["planned"]] == ["韩立"]
    assert page.context["place"].action == reverse(f"{name}_invite_many")
    done = client.post(page.context["place"].action, chosen(name, [row], how="sheet", act="send"))
    assert [each.invitee.name for each in done.context["left"]] == ["韩立"]


def test_nobody_is_chosen_or_too_many(as_user: Callable[[User], Client]) -> None:
    client = as_user(f.CityUserFactory())
    answer = client.post(reverse("doctor_invite_many"), {"doctor": ["x", "9999999"]})
    assert (answer.status_code, answer["Location"]) == (302, "/doctors/")
    answer = client.get(reverse("doctor_invite_many"))  # as after a change of the language
    assert (answer.status_code, answer["Location"]) == (302, "/doctors/")


# -- Accounts are made from their nouns ------------------------------------------------------------------------


def test_an_account_of_a_body_is_not_made_among_the_accounts(as_user: Callable[[User], Client]) -> None:
    client = as_user(f.CityUserFactory())
    form = client.get(reverse("admin:accounts_user_add")).context["adminform"].form
    assert [value for value, _words in form.fields["role"].choices] == ["office", "program"]
    for role in ("enterprise", "doctor", "university"):
        page = client.post(
            reverse("admin:accounts_user_add"), {"account_person": "韩立", "role": role, "account_way": "shown"}
        )
        assert list(page.context["adminform"].form.errors) == ["role"]
    assert not User.objects.filter(name="韩立").exists()


def test_a_link_to_hand_over_stands_in_the_answer_and_in_no_message(as_user: Callable[[User], Client]) -> None:
    client, enterprise = as_user(f.CityUserFactory()), f.EnterpriseFactory()
    typed = {"account_person": "贾工", "account_way": "shown", "enterprise": enterprise.pk}
    page = client.post(reverse("admin:enterprises_member_add"), typed)
    key = page.context["link"].rstrip("/").rpartition("/")[2]
    assert Invitation.objects.with_key(key).get().user.name == "贾工"
    assert (page["Cache-Control"], list(page.context["messages"])) == ("no-store, private", [])
    kept = [*client.session.items(), *client.cookies.items()]
    assert key not in str(kept)


def test_a_program_has_no_password_and_no_invitation(as_user: Callable[[User], Client]) -> None:
    client = as_user(f.CityUserFactory())
    client.post(reverse("admin:accounts_user_add"), {"account_person": "省平台", "role": "program"})
    user = User.objects.get(name="省平台")
    assert (user.role, user.has_usable_password(), Invitation.objects.count()) == ("program", False, 0)


def test_office_staff_are_invited(as_user: Callable[[User], Client], mail: Any) -> None:
    client, office = as_user(f.CityUserFactory()), f.CountyOfficeFactory()
    typed = {"account_person": "田主任", "role": "office", "office": office.pk, "account_way": "mail"}
    page = client.post(reverse("admin:accounts_user_add"), typed)
    assert list(page.context["adminform"].form.errors) == ["account_mail"]
    answer = client.post(reverse("admin:accounts_user_add"), {**typed, "account_mail": "tian@yq.example"})
    assert answer.status_code == 302
    user = User.objects.get(name="田主任")
    assert (user.office, user.is_staff, user.email, user.username) == (office, True, "tian@yq.example", "tianzhuren")
    assert Invitation.objects.get().user == user
    tools = client.get(reverse("admin:accounts_user_change", args=[user.pk])).context["row_tools"]
    assert tools[0] == {"url": reverse("admin:account_invite", args=[user.pk]), "label": "Invite"}
    client.post(tools[0]["url"], {"way": "shown"})
    assert list(Invitation.objects.order_by("pk").values_list("status", flat=True)) == ["replaced", "waiting"]


def test_the_role_of_an_account_is_not_changed_across_bodies(as_user: Callable[[User], Client]) -> None:
    member = f.MemberFactory()
    form = as_user(f.CityUserFactory()).get(reverse("admin:accounts_user_change", args=[member.user.pk]))
    choices = form.context["adminform"].form.fields["role"].choices
    assert [value for value, _words in choices] == ["enterprise"]


@pytest.mark.parametrize("way", ["shown", "mail", ""])
def test_a_member_is_entered_and_invited_in_one_step(as_user: Callable[[User], Client], mail: Any, way: str) -> None:
    enterprise, client = f.EnterpriseFactory(), as_user(f.CityUserFactory())
    typed = {
        "enterprise": enterprise.pk,
        "account_person": "贾工",
        "account_mail": "jia@firm.example",
        "account_way": way,
    }
    answer = client.post(reverse("admin:enterprises_member_add"), typed)
    if not way:
        assert list(answer.context["adminform"].form.errors) == ["account_way"]
        return
    invitation = Invitation.objects.get()
    assert (invitation.user.enterprise_member.enterprise, invitation.way) == (enterprise, way)
    assert bool(KEY.search(answer.content.decode())) is (way == "shown")
    assert KEY.search(client.get(reverse("admin:enterprises_member_changelist")).content.decode()) is None


def test_a_refused_invitation_makes_no_account(as_user: Callable[[User], Client]) -> None:
    """Without a mail server the way is no choice; posted by hand, it is refused and nothing is kept."""
    enterprise, client = f.EnterpriseFactory(), as_user(f.CityUserFactory())
    typed = {"name": "贾工", "way": "mail", "mail": "jia@firm.example"}
    page = client.post(reverse("enterprise_invite", args=[enterprise.pk]), typed)
    assert (list(page.context["form"].errors), Member.objects.count()) == (["way"], 0)


@pytest.mark.parametrize(
    ("facts", "way"),
    [
        ({"email": "wu@uni.example", "phone": "13800001234"}, "mail"),
        ({"phone": "13800001234"}, "sms"),
        ({}, "mail"),
    ],
)
def test_the_way_is_proposed_whose_address_is_known(
    as_user: Callable[[User], Client], mail: Any, settings: Any, facts: dict[str, str], way: str
) -> None:
    settings.SMS_GATEWAY = "console"
    person = doctor(**{"email": "", "phone": "", **facts})
    page = as_user(f.CityUserFactory()).get(reverse("doctor_invite", args=[person.pk]))
    assert page.context["form"]["way"].value() == way


def test_the_list_leads_the_office_to_whom_it_can_invite(as_user: Callable[[User], Client]) -> None:
    page = as_user(f.CityUserFactory()).get(reverse("invitation_list"))
    tables = (reverse("admin:experts_doctor_changelist"), reverse("admin:enterprises_member_changelist"))
    assert [f'<a class="button" href="{table}">' in page.content.decode() for table in tables] == [True, True]


def test_whoever_acts_for_a_body_invites_from_the_page_of_its_accounts(as_user: Callable[[User], Client]) -> None:
    member, liaison = f.MemberFactory(), f.LiaisonFactory()
    for user, page in (
        (member.user, reverse("enterprise_invite", args=[member.enterprise_id])),
        (liaison.user, reverse("university_invite", args=[liaison.university_id])),
    ):
        shown = as_user(user).get(reverse("colleagues")).content.decode()
        assert f'href="{page}"' in shown


def test_an_account_without_a_password_names_no_moment_at_which_one_was_set(as_user: Callable[[User], Client]) -> None:
    administrator = f.CityUserFactory()
    invitee, other = f.DoctorUserFactory(password="!"), f.DoctorUserFactory()
    f.DoctorFactory(user=invitee)
    f.DoctorFactory(user=other)
    User.objects.update(password_changed_at=timezone.now())
    for user, shown in ((invitee, False), (other, True)):
        user.refresh_from_db()
        page = as_user(administrator).get(reverse("admin:accounts_user_change", args=[user.pk]))
        table = page.context["adminform"].model_admin
        assert (table.password_set(user) is not None) is shown
        assert page.status_code == 200
