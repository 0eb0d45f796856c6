"""Names of accounts that look alike have one key, and the second of them is refused at every edge."""

import unicodedata
from importlib import import_module
from io import StringIO
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from accounts.names import OTHERS, SIGNS, fault_of, look_of
from core.errors import Refused
from identity.account_bodies import propose_username
from identity.actions import create_account, edit_account
from tests.factories import START, CityUserFactory, DoctorUserFactory, UserFactory, moment

NAMES = st.text(
    st.sampled_from("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789张偉机日"), min_size=1, max_size=20
)
ALIKE = [
    ("hanli", "HanLi"), ("hanli", "ｈａｎｌｉ"), ("hanli", "han1i"), ("hanli", "hanIi"), ("hanli", "hanl1"),
    ("boss", "b0ss"), ("boss", "bоss"), ("boss", "bοss"), ("office", "оffice"), ("office", "of-fi_ce"),
    ("modern", "rnodern"), ("wu", "vvu"), ("tom", "tоm"), ("anna", "ánná"), ("張偉", "张伟"), ("日本", "曰本"),
    ("doctor", "dοсtоr"), ("admin", "аdmin"), ("NINA", "ΝΙΝΑ"),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other"), ALIKE)
def test_names_that_look_alike_have_one_key(one: str, other: str) -> None:
    assert look_of(one) == look_of(other)


@pytest.mark.parametrize(
    ("one", "other"), [("hanli", "hanpo"), ("user2", "user3"), ("张伟", "张韦"), ("qy001", "qy002")]
)
def test_other_names_have_other_keys(one: str, other: str) -> None:
    assert look_of(one) != look_of(other)


@given(NAMES, st.data())
def test_no_disguise_changes_the_key(name: str, data: st.DataObject) -> None:
    """Each sign may be replaced by one that looks like it, and signs may stand between."""
    twins: dict[str, list[str]] = {}
    for strange, known in OTHERS.items():
        if unicodedata.normalize("NFKC", chr(strange)) == chr(strange):
            twins.setdefault(known, []).append(chr(strange))
    wide = {chr(code): chr(code + 0xFEE0) for code in range(0x21, 0x7F)}

    def disguised(sign: str) -> str:
        # Whether a capital or a small letter is drawn, a twin is taken of the form that is shown.
        forms = [sign, wide.get(sign, sign), *twins.get(sign, [])]
        return str(data.draw(st.sampled_from(forms))) + str(data.draw(st.sampled_from(["", *SIGNS])))

    assert look_of("".join(map(disguised, name))) == look_of(name)


@given(st.text(max_size=60))
def test_the_key_of_a_key_is_the_key(name: str) -> None:
    key = look_of(name)
    assert (look_of(key), "#" in key) == (key, False)


@given(st.text(max_size=20))
def test_a_name_that_may_be_given_has_a_key(name: str) -> None:
    assert fault_of(name) != "" or look_of(name) != ""


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("han li", "A user name has no blanks."),
        ("hаnli", "“а” cannot stand in a user name: use letters a–z, figures, Chinese characters and . - _ @"),
        (
            "hanli\u200b",
            "“\u200b” cannot stand in a user name: use letters a–z, figures, Chinese characters and . - _ @",
        ),
        ("..", "A user name needs a letter, a figure or a Chinese character."),
        ("韩立.2", ""),
    ],
)
@translation.override("en")
def test_what_is_wrong_with_a_name_is_said(name: str, said: str) -> None:
    assert fault_of(name) == said


@pytest.mark.django_db
def test_the_database_holds_no_two_names_that_look_alike() -> None:
    UserFactory(username="hanli", role="doctor")
    with pytest.raises(IntegrityError, match="name_key"):
        UserFactory(username="HAN1I", role="doctor")


@pytest.mark.django_db
@translation.override("en")
def test_an_account_is_not_made_or_renamed_to_look_like_another() -> None:
    city, other = CityUserFactory(), DoctorUserFactory(username="nangong")
    create_account("hanli", by=city, name="韩立", role="doctor", password=None)
    said = "“HAN1I” looks like “hanli”, which is taken; choose another."
    act: dict[str, Any] = {"by": city, "at": moment(START)}
    for attempt in (
        lambda: create_account(" HAN1I ", by=city, name="韩立", role="doctor", password=None),
        lambda: edit_account(other, **act, facts={"username": "HAN1I"}),
    ):
        with pytest.raises(Refused) as refused:
            attempt()
        assert (refused.value.code, refused.value.message) == ("username", said)
    with pytest.raises(ValidationError) as wrong:
        User.objects.create_superuser("HAN1I", name="R")
    assert wrong.value.messages == [said]
    with pytest.raises(CommandError) as command:
        call_command("createoffice", "HAN1I", stdout=StringIO())
    assert str(command.value) == said
    other.refresh_from_db()
    other.username = "HAN1I"
    with pytest.raises(ValidationError) as form:
        other.full_clean()
    assert form.value.message_dict["username"] == [said]


@pytest.mark.django_db
def test_a_name_may_be_spelled_anew() -> None:
    user = DoctorUserFactory(username="hanli")
    edited = edit_account(user, by=CityUserFactory(), at=moment(START), facts={"username": "Han.Li"})
    edited.refresh_from_db()
    assert (edited.username, edited.name_key) == ("Han.Li", "hanll")


@pytest.mark.django_db
@translation.override("en")
def test_accounts_of_earlier_releases_keep_names_that_look_alike() -> None:
    """The first keeps the key, the others are marked; a marked name is still guarded, and kept when it is saved."""
    names = ["hanli", "Hanli", "han1i", "----"]
    users = [DoctorUserFactory() for _name in names]
    with (
        connection.cursor() as cursor
    ):  # as rows of an earlier release, whose names were only unique as they are spelled
        for user, name in zip(users, names, strict=True):
            statement = "UPDATE accounts_user SET username = %s, name_key = %s WHERE id = %s"
            cursor.execute(statement, [name, f"former{user.pk}", user.pk])
    import_module("accounts.migrations.0010_keys_of_names").give_keys(apps, None)
    keys = [User.objects.get(pk=user.pk).name_key for user in users]
    assert keys == ["hanll", f"hanll#{users[1].pk}", f"hanll#{users[2].pk}", f"#{users[3].pk}"]
    marked = User.objects.get(pk=users[1].pk)
    marked.save()
    marked.refresh_from_db()
    assert (marked.username, marked.name_key) == ("Hanli", f"hanll#{marked.pk}")
    User.objects.filter(pk=users[0].pk).delete()
    assert User.wrong_name("hanl1") == "“hanl1” looks like “Hanli”, which is taken; choose another."


@pytest.mark.django_db
def test_a_name_is_proposed_that_nobody_has() -> None:
    assert propose_username("韩立") == "hanli"
    DoctorUserFactory(username="HAN1I")
    assert propose_username("韩立") == "hanli2"
    DoctorUserFactory(username="hanli2")
    assert (propose_username("韩立"), propose_username("…")) == ("hanli3", "user")
