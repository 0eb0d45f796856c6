"""Whoever was given a password changes it before anything else."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from accounts.models import User
from identity.actions import change_password, create_account, issue_token
from identity.handed_over import NewPasswordForm
from identity.invited_forms import HINT
from tests.factories import CityUserFactory, MemberFactory, NeedFactory, ProgramUserFactory

pytestmark = pytest.mark.django_db
GIVEN, OWN = "zao qi de niao er", "chi dao chong zi"


@pytest.fixture
def person() -> User:
    """A member of a firm to whom the office handed a password."""
    member = MemberFactory()
    change_password(member.user, by=CityUserFactory(), password=GIVEN)
    user: User = member.user
    return user


def sign_in(user: User, password: str, *, wants: str = "") -> tuple[Client, Any]:
    client = Client()
    typed = {"username": user.username, "password": password, "next": wants}
    return client, client.post(reverse("login"), typed, headers={"Accept-Language": "en"})


def test_the_person_reaches_nothing_but_the_page_of_the_password_and_sign_out(person: User) -> None:
    need = NeedFactory(enterprise=person.enterprise_member.enterprise)
    client, _answer = sign_in(person, GIVEN)
    change = reverse("password_change")
    for page in ("/home/", "/", "/notices/", need.get_absolute_url()):
        answer = client.get(page)
        assert (answer.status_code, answer.headers["Location"].split("?")[0]) == (302, change)
    assert client.post("/notices/read/").headers["Location"] == change
    assert client.get("/livez").status_code == 200
    with translation.override("en"):
        assert "Choose a password of your own" in client.get(change, headers={"Accept-Language": "en"}).content.decode()
    assert client.post(reverse("logout")).status_code == 302


def test_rest_with_the_session_is_refused(person: User) -> None:
    client, _answer = sign_in(person, GIVEN)
    answer = client.get("/api/v1/visits/", headers={"Accept-Language": "en"})
    assert (answer.status_code, answer.json()) == (403, {"detail": "First change the password that you were given."})
    # A header that is no token does not make it a request of a program.
    assert client.get("/api/v1/visits/", headers={"Authorization": "Basic x"}).status_code == 403


def test_after_the_change_the_person_comes_where_he_wanted(person: User) -> None:
    client, _answer = sign_in(person, GIVEN)
    change = client.get("/notices/?page=2").headers["Location"]
    typed = {"old_password": GIVEN, "new_password1": OWN, "new_password2": OWN}
    assert client.post(change, typed).headers["Location"] == "/notices/?page=2"
    assert client.get("/notices/").status_code == 200
    person.refresh_from_db()
    assert person.password_is_handed_over is False


def test_nobody_is_led_to_another_site(person: User) -> None:
    client, _answer = sign_in(person, GIVEN)
    typed = {"old_password": GIVEN, "new_password1": OWN, "new_password2": OWN}
    page = f"{reverse('password_change')}?next=//evil.example/"
    assert client.post(page, typed).headers["Location"] == reverse("home")


def test_the_given_password_is_not_kept_as_ones_own(person: User) -> None:
    client, _answer = sign_in(person, GIVEN)
    typed = {"old_password": GIVEN, "new_password1": GIVEN, "new_password2": GIVEN}
    assert client.post(reverse("password_change"), typed).status_code == 200
    person.refresh_from_db()
    assert person.password_is_handed_over is True


def test_which_passwords_are_handed_over() -> None:
    by = CityUserFactory()
    made = {"by": by, "name": "韩立", "role": "doctor"}
    given = create_account("han", password=GIVEN, **made)
    assert given.password_is_handed_over is True
    assert create_account("li", password=None, **made).password_is_handed_over is False
    assert create_account("nan", password=GIVEN, handed_over=False, **made).password_is_handed_over is False
    change_password(given, by=given, password=OWN)
    assert given.password_is_handed_over is False
    change_password(given, by=by, password=None)
    assert given.password_is_handed_over is False
    change_password(given, by=None, password=GIVEN)
    assert given.password_is_handed_over is True


def test_a_program_with_a_token_has_no_password_to_change() -> None:
    program = ProgramUserFactory(office=CityUserFactory().office)
    User.objects.filter(pk=program.pk).update(password_is_handed_over=True)
    _token, key = issue_token(program, by=CityUserFactory(), label="省平台")
    assert Client().get("/api/v1/visits/", headers={"Authorization": f"Token {key}"}).status_code == 200


def test_the_form_says_the_rules_once_as_the_other_forms_do(person: User) -> None:
    with translation.override("en"):
        fields = NewPasswordForm(person).fields
        said = [(str(field.label), str(field.help_text)) for field in fields.values()]
        assert said == [("Present password", ""), ("New password", str(HINT)), ("New password again", "")]
