"""What this app contributes: the office's pages of requests and notices, its to-do, and its tables."""

from django.utils.translation import gettext_lazy as _

from accounts.duties import Duty
from privacy import waiting
from privacy.admin import ConsentTable, ErasedTableTable, ErasureTable, NoticeTable, RequestTable
from privacy.models import Consent, ErasedTable, Erasure, PersonalRequest, PrivacyNotice
from privacy.office import notices, requests
from ui.contributions import Entry, Screen, Table, Todo

menu = [
    Entry(Duty.ADMINISTRATOR, _("Personal data"), "admin:personal_requests", "lock", 65, shows=PersonalRequest),
]
todos = [Todo(Duty.ADMINISTRATOR, waiting.requests_to_answer, 45)]
screens = [
    Screen("personal/", requests.personal_requests, "personal_requests"),
    Screen("personal/<key:pk>/answer/", requests.request_act, "personalrequest_answer", {"verb": "answer"}),
    Screen("personal/<key:pk>/propose/", requests.request_act, "personalrequest_propose", {"verb": "propose"}),
    Screen("personal/notices/", notices.privacy_notices, "privacy_notices"),
    Screen("personal/notices/<slug:role>/", notices.privacy_notice_new, "privacy_notice_new"),
]
tables = [
    Table(PrivacyNotice, NoticeTable, 83, technical=True),
    Table(Consent, ConsentTable, 84, technical=True),
    Table(PersonalRequest, RequestTable, 85, technical=True),
    Table(Erasure, ErasureTable, 86, technical=True),
    Table(ErasedTable, ErasedTableTable, 87, technical=True),
]
