"""Invitations: what is stored, sent and confirmed, how links end, and that two people never both take an account."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import User
from core.errors import AlreadyDone, Refused
from core.logs import masked_path
from core.models import LedgerEntry, Notice
from identity.invitations import (
    MOST_LINKS,
    Invitee,
    accept_invitation,
    expire_invitations,
    invite_many,
    invite_person,
    resend_invitation,
    withdraw_invitation,
)
from identity.links import Sending
from identity.models import Invitation, new_key
from outbox import sending as outbox
from outbox.models import Channel, Mail
from tests.factories import (
    START,
    CityUserFactory,
    DoctorFactory,
    DoctorUserFactory,
    InvitationFactory,
    ProgramUserFactory,
    moment,
)
from tests.outbox.conftest import use
from tests.outbox.server import Postmaster, mail_server

pytestmark = pytest.mark.django_db
AT = moment(START)
LATER = AT + timedelta(days=3)
PASSWORD = "zao qi de niao er"


def newcomer(name: str = "韩立", **facts: Any) -> User:
    """The account of a doctor that was made and that nobody can sign in with yet."""
    return DoctorUserFactory(name=name, password="!", **facts)


@pytest.fixture
def by() -> User:
    return CityUserFactory(name="王主任")


@pytest.fixture
def mail(settings: Any) -> Any:
    with mail_server() as (postmaster, port):
        use(settings, port)
        yield postmaster


def test_only_a_digest_of_the_key_is_stored(by: User) -> None:
    sending = Sending("shown")
    invitation = invite_person(newcomer(), by=by, at=AT, sending=sending)
    row = Invitation.objects.values().get(pk=invitation.pk)
    assert sending.key not in str(row) + str(list(invitation.events.values()))
    assert list(Invitation.objects.with_key(sending.key)) == [invitation]
    assert [field.name for field in invitation.events.model._meta.fields if field.name == "digest"] == []
    assert (invitation.expires_at, invitation.sent_by) == (AT + timedelta(days=14), by)


def test_the_log_masks_every_key() -> None:
    assert {masked_path(f"/invitation/{new_key()}/") for _number in range(300)} == {"/invitation/‹key›/"}


def test_a_mail_brings_the_link_and_is_emptied_then(by: User, mail: Postmaster) -> None:
    doctor = DoctorFactory(user=newcomer())
    sending = Sending("mail", "han@uni.example")
    invite_person(doctor.user, by=by, at=AT, sending=sending)
    assert outbox.send_due("mail") == 1
    (letter,) = mail.arrived
    text = letter.get_content()
    assert f"https://talent.example/invitation/{sending.key}/" in text
    assert (str(letter["To"]), text.count("http")) == ("han@uni.example", 1)
    assert {name in text for name in (str(doctor.university), "韩立", by.office.name)} == {True}
    sent = Mail.objects.get()
    assert (sent.state, sent.text, sent.outdated, sent.user) == ("sent", "", True, doctor.user)


def test_who_accepts_has_name_password_and_a_confirmed_address(by: User, mail: Postmaster) -> None:
    user = newcomer()
    invitation = invite_person(user, by=by, at=AT, sending=Sending("mail", "han@uni.example"))
    accept_invitation(invitation, by=user, at=LATER, username="HanLi ", password=PASSWORD)
    user.refresh_from_db()
    channel = Channel.objects.get()
    assert (user.username, user.check_password(PASSWORD)) == ("HanLi", True)
    assert (channel.user, channel.address, channel.confirmed_at) == (user, "han@uni.example", LATER)
    invitation.refresh_from_db()
    assert (invitation.status, invitation.status_by, invitation.status_at) == ("accepted", user, LATER)
    assert [(notice.user, notice.text) for notice in Notice.objects.all()] == [(by, "韩立已接受邀请，今后可以登录。")]
    entries = list(
        LedgerEntry.objects.filter(kind__startswith="invitation_")
        .order_by("pk")
        .values_list("kind", "who", "about_key", "facts")
    )
    assert [(kind, who, key, facts["way"]) for kind, who, key, facts in entries] == [
        ("invitation_sent", by.pk, str(user.pk), "mail"),
        ("invitation_accepted", user.pk, str(user.pk), "mail"),
    ]


def test_a_link_handed_over_confirms_no_address(by: User) -> None:
    user = newcomer()
    invitation = invite_person(user, by=by, at=AT, sending=Sending("shown"))
    accept_invitation(invitation, by=user, at=AT, username=user.username, password=PASSWORD)
    assert not Channel.objects.exists()


def refused(act: Callable[[], Any]) -> str:
    with pytest.raises(Refused) as raised:
        act()
    return raised.value.code


def test_a_link_works_once_and_in_time(by: User) -> None:
    def accept(invitation: Invitation, at: Any = AT) -> str:
        user = invitation.user
        return refused(lambda: accept_invitation(invitation, by=user, at=at, username="x1y", password=PASSWORD))

    used = InvitationFactory(sent_at=AT)
    accept_invitation(used, by=used.user, at=AT, username="used", password=PASSWORD)
    withdrawn = InvitationFactory(sent_at=AT)
    withdraw_invitation(withdrawn, by=by, at=AT)
    old = InvitationFactory(sent_at=AT)
    resend_invitation(old, by=by, at=AT, sending=Sending("shown"))
    closed = InvitationFactory(sent_at=AT, user=newcomer(is_active=False))
    late = InvitationFactory(sent_at=AT)
    found = [accept(each) for each in (used, withdrawn, old, closed)]
    assert found == ["already_done", "already_done", "already_done", "expired"]
    assert accept(late, late.expires_at) == "expired"
    assert [each.user.has_usable_password() for each in (used, withdrawn, old, closed, late)] == [
        True, False, False, False, False,
    ]  # fmt: skip


def test_one_open_invitation_for_each_person(by: User) -> None:
    user = newcomer()
    first = invite_person(user, by=by, at=AT, sending=Sending("shown"))
    assert refused(lambda: invite_person(user, by=by, at=AT, sending=Sending("shown"))) == "invited"
    second = resend_invitation(first, by=by, at=LATER, sending=Sending("shown"))
    first.refresh_from_db()
    assert (first.status, second.status) == ("replaced", "waiting")
    with pytest.raises(IntegrityError, match="invitation_one_open"), transaction.atomic():
        InvitationFactory(user=user)


def test_a_new_link_takes_the_unsent_message_of_the_old_one_back(by: User, mail: Postmaster) -> None:
    first = invite_person(newcomer(), by=by, at=AT, sending=Sending("mail", "a@uni.example"))
    resend_invitation(first, by=by, at=AT, sending=Sending("mail", "b@uni.example"))
    assert outbox.send_due("mail") == 1
    assert mail.receivers == [["b@uni.example"]]
    assert list(Mail.objects.order_by("pk").values_list("state", flat=True)) == ["withdrawn", "sent"]


def test_who_is_not_invited(by: User, mail: Postmaster) -> None:
    here = Sending("mail", "a@uni.example")
    found = {
        refused(lambda: invite_person(user, by=by, at=AT, sending=sending))  # noqa: B023 - called at once
        for user, sending in [
            (DoctorUserFactory(), here),
            (newcomer(is_active=False), here),
            (ProgramUserFactory(password="!"), here),
            (newcomer(), Sending("sms", "19900001234")),
            (newcomer(), Sending("mail", "no address")),
        ]
    }
    assert found == {"has_access", "closed", "program", "no_server", "no_address"}
    assert not Invitation.objects.exists()


def test_without_its_own_address_a_site_sends_no_link(by: User, mail: Postmaster, settings: Any) -> None:
    settings.SITE_URL = ""
    assert (
        refused(lambda: invite_person(newcomer(), by=by, at=AT, sending=Sending("mail", "a@b.example"))) == "no_server"
    )


def test_nobody_is_flooded_with_links(by: User, mail: Postmaster) -> None:
    user = newcomer()
    for _number in range(MOST_LINKS):
        invite_person(user, by=by, at=AT, sending=Sending("mail", "a@uni.example"), again=True)

    def once_more(at: Any) -> Any:
        return invite_person(user, by=by, at=at, sending=Sending("mail", "a@uni.example"), again=True)

    assert refused(lambda: once_more(AT)) == "enough"
    assert once_more(AT + timedelta(days=1, seconds=1)).status == "waiting"


def test_invitations_end_by_their_time(by: User) -> None:
    over, open_one = InvitationFactory(sent_at=AT), InvitationFactory(sent_at=LATER)
    at = over.expires_at
    assert expire_invitations(by=None, at=at) == 1
    assert [Invitation.objects.get(pk=each.pk).status for each in (over, open_one)] == ["expired", "waiting"]
    again = invite_person(over.user, by=by, at=at, sending=Sending("shown"))
    assert (again.status, expire_invitations(by=None, at=at)) == ("waiting", 0)


def test_each_of_a_list_is_invited_or_named_with_the_reason(by: User, mail: Postmaster) -> None:
    made: list[User] = []

    def make(**act: Any) -> User:
        made.append(newcomer("新人"))
        return made[-1]

    ready, waiting = newcomer("甲"), newcomer("乙")
    invite_person(waiting, by=by, at=AT, sending=Sending("shown"))
    people = [Invitee(user.pk, user.name, "", user, lambda user=user, **act: user) for user in (ready, waiting)]
    people.append(Invitee(0, "新人", "", None, make))
    pairs = [(each, Sending("mail", f"a{at}@uni.example")) for at, each in enumerate(people)]
    done = invite_many(pairs, by=by, at=AT)
    assert [(each.invitee.name, each.invitation is not None) for each in done] == [
        ("甲", True),
        ("乙", False),
        ("新人", True),
    ]
    assert done[1].refusal == "乙有一份有效的邀请，有效期至2025年3月15日。"
    contexts = {row.events.get().pgh_context_id for row in Invitation.objects.exclude(user=waiting)}
    assert (len(contexts), Mail.objects.count(), len(made)) == (1, 2, 1)


def test_a_wrong_name_or_password_leaves_the_link_open() -> None:
    DoctorUserFactory(username="nangong")
    invitation = InvitationFactory(sent_at=AT)

    def accept(username: str, password: str) -> Any:
        return accept_invitation(invitation, by=invitation.user, at=AT, username=username, password=password)

    assert [refused(lambda: accept("nang0ng", PASSWORD)), refused(lambda: accept("han", "123"))] == [
        "username",
        "password",
    ]
    invitation.refresh_from_db()
    assert (invitation.status, invitation.user.has_usable_password()) == ("waiting", False)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_accept_at_once_one_gets_the_account() -> None:
    invitation = InvitationFactory(sent_at=AT)
    gate, ended = threading.Barrier(2), []

    def accept(name: str) -> None:
        mine = Invitation.objects.select_related("user").get(pk=invitation.pk)
        gate.wait(10)
        try:
            accept_invitation(mine, by=mine.user, at=AT, username=name, password=PASSWORD + name)
            ended.append(name)
        except AlreadyDone as refusal:
            ended.append(refusal.code)
        finally:
            connection.close()

    both = [threading.Thread(target=accept, args=(name,)) for name in ("first", "second")]
    for each in both:
        each.start()
    for each in both:
        each.join(30)
    winner = next(name for name in ended if name != "already_done")
    user = User.objects.get(pk=invitation.user_id)
    assert sorted(ended) == sorted(["already_done", winner])
    assert (user.username, user.check_password(PASSWORD + winner)) == (winner, True)
