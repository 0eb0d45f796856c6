"""What changes enterprises, their qualifications and the people who act for them."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy

from accounts.models import User
from core.action import action
from core.edits import Rows, lock_version, write_facts, write_rows
from core.status import lock
from enterprises.models import Enterprise, Member, Qualification
from identity.invited_accounts import open_account
from officedata.pinyin import pinyin_of


@action(gettext_lazy("enterprise entered"))
def register_enterprise(
    *, by: User, at: datetime, facts: Mapping[str, Any], qualifications: Iterable[Mapping[str, Any]] = ()
) -> Enterprise:
    """Enter an enterprise with its qualifications."""
    enterprise = new_enterprise(facts)
    enterprise.save()
    Qualification.objects.bulk_create(Qualification(enterprise=enterprise, **each) for each in qualifications)
    return enterprise


def new_enterprise(facts: Mapping[str, Any]) -> Enterprise:
    """An enterprise not yet saved."""
    enterprise = Enterprise()
    write_facts(enterprise, facts)
    enterprise.pinyin = pinyin_of(enterprise.name, enterprise.pinyin)
    return enterprise


@action(gettext_lazy("enterprise edited"))
def edit_enterprise(
    enterprise: Enterprise,
    *,
    by: User,
    at: datetime,
    facts: Mapping[str, Any],
    qualifications: Rows | None = None,
    version: str | None = None,
) -> Enterprise:
    """Correct an enterprise, and of its qualifications those that the edit names."""
    lock_version(enterprise, version)
    write_facts(enterprise, facts)
    enterprise.save()
    write_rows(enterprise.qualifications, qualifications)
    return enterprise


@action(gettext_lazy("qualification entered"))
def enter_qualification(enterprise: Enterprise, *, by: User, at: datetime, facts: Mapping[str, Any]) -> Qualification:
    """Enter a title the state gave an enterprise."""
    held = Qualification(enterprise=lock(enterprise))
    write_facts(held, facts)
    held.save(force_insert=True)
    return held


@action(gettext_lazy("qualification edited"))
def edit_qualification(
    held: Qualification, *, by: User, at: datetime, facts: Mapping[str, Any], version: str | None = None
) -> Qualification:
    """Correct a title of an enterprise, which is locked first, as in every edit of it."""
    lock(held.enterprise)
    lock_version(held, version)
    write_facts(held, facts)
    held.save()
    return held


@action(gettext_lazy("enterprise member appointed"))
def join_enterprise(enterprise: Enterprise, user: User, *, by: User, at: datetime) -> Member:
    """Let a person act for an enterprise."""
    return Member.objects.create(enterprise=enterprise, user=user)


@action(gettext_lazy("enterprise member appointed with an account"))
def appoint_member(enterprise: Enterprise, *, by: User, at: datetime, account: Mapping[str, Any]) -> Member:
    """Make an account for someone who acts for an enterprise from now on."""
    user = open_account(account, by=by, at=at, role=User.Role.ENTERPRISE)
    return join_enterprise(enterprise, user, by=by, at=at)


def enterprise_users(enterprise: Enterprise) -> Iterable[User]:
    return User.objects.filter(enterprise_member__enterprise=enterprise, is_active=True)
