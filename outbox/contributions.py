"""What `outbox` contributes: the office's page of messages, its menu entry, and the tables of this app."""

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from outbox.admin import ChannelTable, MailTable, PreferenceTable
from outbox.models import Channel, Mail, Preference
from outbox.office import mails
from ui.contributions import Entry, Screen, Table

menu = [
    Entry(User.Role.OFFICE, _("Mail and SMS"), "admin:mails", "send", 60, shows=Mail),
]
screens = [
    Screen("mails/", mails.mails, "mails"),
    Screen("mails/test/", mails.mail_test, "mail_test"),
    Screen("mails/<key:pk>/", mails.mail_act, "mail_act"),
]
tables = [
    Table(Mail, MailTable, 80, technical=True),
    Table(Channel, ChannelTable, 81, technical=True),
    Table(Preference, PreferenceTable, 82, technical=True),
]
