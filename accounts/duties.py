"""The duties of accounts of the city's office, and what the office has decided about them.

An operator does the office's business and has no accounts to manage. An administrator manages accounts, tokens and
settings and sees no business. An auditor reads records of who did what and the versions of the rules, and nothing else.
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Duty(models.TextChoices):
    """What somebody of the city's office does; the field of `HoldsDuties` for each is in `FIELDS`."""

    OPERATOR = "operator", pgettext_lazy("duty", "operator")
    ADMINISTRATOR = "administrator", pgettext_lazy("duty", "administrator")
    AUDITOR = "auditor", pgettext_lazy("duty", "auditor")


FIELDS = {Duty.OPERATOR: "operates", Duty.ADMINISTRATOR: "administers", Duty.AUDITOR: "audits"}
NO_DUTY = Q(operates=False, administers=False, audits=False)


class HoldsDuties(models.Model):
    """The fields of an account that say its duties; only accounts of the city's office have any."""

    operates = models.BooleanField(
        _("does business"), default=False, help_text=_("Runs the round: needs, doctors, orders, visits. No accounts.")
    )
    administers = models.BooleanField(
        _("manages accounts"),
        default=False,
        help_text=_("Accounts, duties, tokens, and the state of operation. No needs, no doctors, no visits."),
    )
    audits = models.BooleanField(
        _("audits"), default=False, help_text=_("Reads the records of who did what, and nothing else.")
    )

    class Meta:
        abstract = True

    @property
    def duties(self) -> frozenset[Duty]:
        return frozenset(duty for duty, field in FIELDS.items() if getattr(self, field))

    @property
    def duty_words(self) -> str:
        return "、".join(str(duty.label) for duty in Duty if duty in self.duties)


class ChoosesPowers(models.Model):
    """What an office chose about its duties and approvals; each choice has its reason."""

    duties_may_be_joined = models.BooleanField(_("one account may have several duties"), default=False, editable=False)
    joined_because = models.CharField(_("why duties may be joined"), max_length=300, blank=True, editable=False)
    decides_alone = models.BooleanField(_("one person decides alone"), default=False, editable=False)
    alone_because = models.CharField(_("why one person decides alone"), max_length=300, blank=True, editable=False)

    class Meta:
        abstract = True


POWERS_HAVE_REASONS = models.CheckConstraint(
    condition=(Q(duties_may_be_joined=False) | Q(kind="city") & ~Q(joined_because=""))
    & (Q(decides_alone=False) | Q(kind="city") & ~Q(alone_because="")),
    name="office_powers_have_reasons",
)
ONLY_STAFF_HAVE_DUTIES = models.CheckConstraint(condition=NO_DUTY | Q(role="office"), name="user_duties_of_staff")
