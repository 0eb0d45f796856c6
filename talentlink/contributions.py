"""What `talentlink` contributes: menu entries of homes and operation, the charts of a round, and the tables of core."""

from django.utils.translation import gettext_lazy as _

from accounts.duties import Duty
from accounts.models import User
from core.models import Alarm, Backup, Epoch, Job, Notice, Period, PhoneShown, SetAside
from programmes.models import Batch
from talentlink import waiting
from talentlink.office import figures
from talentlink.pages import notices
from talentlink.watch import page as watch
from ui.admin import (
    AlarmTable,
    BackupTable,
    EpochTable,
    JobTable,
    NoticeTable,
    PeriodTable,
    PhoneShownTable,
    SetAsideTable,
)
from ui.contributions import Entry, Panel, Screen, Table, Todo

menu = [
    *(
        Entry(part, _("Today"), "admin:index", "home", 10)
        for part in (User.Role.OFFICE, Duty.ADMINISTRATOR, Duty.AUDITOR)
    ),
    *(
        Entry(part, _("Operation"), "admin:watch", "info", 50, shows=Alarm)
        for part in (User.Role.OFFICE, Duty.ADMINISTRATOR)
    ),
    Entry(Duty.AUDITOR, _("Phone numbers shown"), "admin:core_phoneshown_changelist", "list", 30, shows=PhoneShown),
    *(Entry(role, _("Home"), "home", "home", 10) for role in User.Role if role != User.Role.OFFICE),
]
todos = [
    Todo(User.Role.OFFICE, waiting.rows_set_aside, 10),
]
panels = [
    Panel(User, "talentlink/home_notices.html", notices.latest, 20, role=User.Role.DOCTOR),
    Panel(Batch, "office/batch_figures.html", figures.of_round, 10),
]
screens = [
    Screen("watch/", watch.watch, "watch"),
]
tables = [
    Table(Job, JobTable, 100, technical=True),
    Table(SetAside, SetAsideTable, 101, technical=True),
    Table(Alarm, AlarmTable, 102, technical=True),
    Table(Backup, BackupTable, 103, technical=True),
    Table(Epoch, EpochTable, 104, technical=True),
    Table(Period, PeriodTable, 105, technical=True),
    Table(Notice, NoticeTable, 106, technical=True),
    Table(PhoneShown, PhoneShownTable, 107, technical=True),
]
