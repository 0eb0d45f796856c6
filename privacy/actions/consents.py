"""Notices in their versions, and consents given and withdrawn."""

from datetime import datetime

from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Office, User
from core.action import By, action
from core.errors import AlreadyDone, Refused
from core.ledger import record
from core.status import lock
from identity.sessions import end_sessions
from privacy.ledger_kinds import CONSENT_GIVEN, CONSENT_WITHDRAWN
from privacy.models import Consent, PrivacyNotice
from privacy.notice_texts import packaged


@action(gettext_lazy("privacy notice in force"))
def publish_notice(
    role: str, *, by: By, at: datetime, text_zh: str, text_en: str = "", changes: str = "", digest: str = ""
) -> PrivacyNotice:
    """Put a new version of a role's notice in force; everybody of the role is asked again.

    The same text again would ask everybody for nothing, and is refused.
    """
    _one_at_a_time()
    newest = PrivacyNotice.objects.newest(role)
    if newest is not None and (newest.text_zh, newest.text_en) == (text_zh.strip(), text_en.strip()):
        raise Refused(_("This is the text in force; nobody needs to be asked again."), code="unchanged")
    last = PrivacyNotice.objects.filter(role=role).aggregate(last=Max("version"))["last"] or 0
    return PrivacyNotice.objects.create(
        role=role, version=last + 1, text_zh=text_zh.strip(), text_en=text_en.strip(), changes=changes.strip()[:300],
        packaged=digest, published_at=at, published_by=by,
    )  # fmt: skip


def _one_at_a_time() -> None:
    """Let one writer of versions pass at a time: the row of the city office is locked."""
    office = Office.objects.filter(kind=Office.Kind.CITY).order_by("pk").first()
    if office is not None:
        lock(office)


@action(gettext_lazy("packaged privacy notice in force"))
def use_packaged_notice(role: str, *, by: By, at: datetime) -> PrivacyNotice:
    """The notice in force for a role; where the office wrote none of its own, the packaged text of this release."""
    _one_at_a_time()
    newest, texts = PrivacyNotice.objects.newest(role), packaged(role)
    if newest is not None and newest.packaged in ("", texts.digest):
        return newest
    return publish_notice(role, by=by, at=at, text_zh=texts.zh, text_en=texts.en, digest=texts.digest)


@action(gettext_lazy("consent given"))
def agree(notice: PrivacyNotice, *, by: User, at: datetime, address: str) -> Consent:
    """Keep that a person agrees to the version that was shown to him; it must be the one in force."""
    lock(by)
    newest = PrivacyNotice.objects.newest(notice.role)
    if notice.role != by.role or newest is None or newest.pk != notice.pk:
        raise Refused(_("Another notice is in force since; please read it."), code="another_notice")
    given = Consent.objects.filter(user=by, notice=notice).in_force().first()
    if given is None:
        given = Consent.objects.create(user=by, notice=notice, given_at=at, address=address)
        record(CONSENT_GIVEN, by=by, at=at, about=given, version=notice.version)
    return given


@action(gettext_lazy("consent withdrawn"))
def withdraw_consent(consent: Consent, *, by: User, at: datetime) -> Consent:
    """Take a consent back: all sessions of the person end, and he is asked again before anything else."""
    lock(consent)
    if consent.withdrawn_at is not None:
        raise AlreadyDone(_("This consent was withdrawn before."), code="already_done")
    consent.withdrawn_at = at
    consent.save(update_fields=["withdrawn_at"])
    end_sessions(by)
    record(CONSENT_WITHDRAWN, by=by, at=at, about=consent)
    return consent
