"""Which pages each role has, with the form that is sent empty where there is one."""

from collections.abc import Callable
from typing import Any

from django.urls import reverse

from accounts.models import User
from officedata.months import Month
from tests.journeys.world import World

Look = dict[str, Any]
FORM = "main form[method=post]"


def look(name: str, *args: Any, query: str = "", **facts: Any) -> Look:
    return {"path": reverse(name, args=args) + query, **facts}


def nobody(world: World) -> tuple[User | None, list[Look]]:
    needs = world.needs
    return None, [
        look("landing"),
        look("landing", query="?q=没有这个词"),
        look("need_detail", needs["published"].pk),
        look("login", wrong=FORM),
        look("login", query="?next=/needs/new/"),
        look("reset"),
        look("need_detail", 999_999),
        {"path": "/nowhere/", "status": 404},
    ]


def enterprise(world: World) -> tuple[User, list[Look]]:
    needs, orders, running, waiting = world.needs, world.orders, world.running, world.waiting
    return world.town.member, [
        look("home"),
        look("need_list"),
        look("need_list", query="?q=没有这个词"),
        look("need_new", wrong=FORM),
        look("need_edit", needs["returned"].pk, wrong=FORM),
        look("need_edit", needs["draft"].pk),
        look("need_receipt", needs["submitted"].pk),
        *(look("need_detail", need.pk) for need in needs.values()),
        look("need_withdraw", needs["published"].pk, wrong=FORM),
        look("order_new", needs["published"].pk),
        look("order_new", needs["bare"].pk, wrong=FORM),
        look("order_list"),
        *(look("order_detail", order.pk) for order in orders.values()),
        look("order_detail", running.order_id),
        look("order_cancel", orders["placed"].pk, wrong=FORM),
        look("visit_list"),
        look("visit_list", query="?status=confirmed"),
        *(look("visit_detail", visit.pk) for visit in world.visits.values()),
        look("visit_dispute", world.visits["logged"].pk, wrong=FORM),
        look("visit_confirm", world.visits["logged"].pk),
        look("assignment_list"),
        look("assignment_detail", running.pk),
        look("assignment_detail", waiting.pk),
        look("assignment_begin", waiting.pk, wrong=FORM),
        look("assignment_serve", running.pk, wrong=FORM),
        look("waiver_new", running.pk, wrong=FORM),
        look("outcome_new", running.pk, wrong=FORM),
        look("check_detail", world.check.pk),
        look("notice_list"),
        look("password_change", wrong=FORM),
        look("message_settings"),
        look("account"),
        look("account_reauthenticate", wrong=FORM),
        look("sessions"),
        look("mfa_index"),
        {"path": reverse("assignment_detail", args=[999_999]), "status": 404},
    ]


def university(world: World) -> tuple[User, list[Look]]:
    town, orders, running = world.town, world.orders, world.running
    return town.liaison, [
        look("home"),
        look("dispatch_table"),
        look("order_dispatch", orders["placed"].pk),
        look("order_list"),
        *(look("order_detail", order.pk) for order in orders.values()),
        look("doctor_list"),
        look("doctor_list", query="?q=没有这个人"),
        look("doctor_detail", town.doctors[0].pk),
        look("doctor_new", wrong=FORM),
        look("doctor_edit", town.doctors[0].pk),
        look("dispatch_list"),
        look("dispatch_detail", world.offer.pk),
        look("dispatch_withdraw", world.offer.pk, wrong=FORM),
        look("assignment_list"),
        look("assignment_detail", running.pk),
        look("visit_list"),
        look("visit_detail", world.visits["confirmed"].pk),
        look("check_detail", world.check.pk),
        look("need_list"),
        look("need_detail", world.needs["published"].pk),
        look("notice_list"),
    ]


def doctor(world: World) -> tuple[User, list[Look]]:
    running = world.running
    month = Month.of(running.starts_on)
    return world.town.user_of(world.town.doctors[0]), [
        look("home"),
        look("visit_new", wrong=FORM),
        look("visit_receipt", world.visits["logged"].pk),
        look("visit_list"),
        *(look("visit_detail", visit.pk) for visit in world.visits.values()),
        look("dispatch_list"),
        look("dispatch_detail", world.offer.pk),
        look("dispatch_accept", world.offer.pk),
        look("dispatch_decline", world.offer.pk, wrong=FORM),
        look("visit_withdraw", world.visits["logged"].pk),
        look("window_detail", running.pk, query="?rule=term-days&window=term"),
        look("assignment_list"),
        look("assignment_detail", running.pk),
        look("check_detail", world.check.pk, query=f"?as_of={month.last}"),
        look("check_detail", world.ruled.warned.pk),
        look("check_explain", world.ruled.warned.pk, wrong=FORM),
        look("waiver_new", running.pk, wrong=FORM),
        look("outcome_new", running.pk, wrong=FORM),
        look("doctor_detail", world.town.doctors[0].pk),
        look("need_list"),
        look("need_detail", world.offer.order.need_id),
        look("notice_list"),
    ]


def office(world: World) -> tuple[User, list[Look]]:
    batch, pair = world.town.batch, world.forbidden.need_id
    return world.town.office, [
        look("admin:index"),
        look("admin:need_queue"),
        look("admin:need_queue", query="?q=没有这个词"),
        look("admin:behind"),
        look("admin:behind", query="?q=没有这个人"),
        look("admin:waivers"),
        look("admin:watch"),
        look("admin:mails"),
        look("admin:mails", query="?state=unsure"),
        look("message_settings"),
        look("admin:waiver_decide", world.waiver.pk),
        look("admin:batch_round", batch.pk),
        look("admin:batch_start", batch.pk),
        look("admin:batch_plan", batch.pk),
        look("admin:batch_plan", batch.pk, query="?q=没有这个词"),
        look("admin:plan_quotas", batch.pk),
        look("admin:accept_refused", batch.pk),
        look("admin:plan_pin", batch.pk, query=f"?need={pair}"),
        look("admin:plan_pin", batch.pk, query=f"?need={pair}&doctor={world.town.doctors[2].pk}", wrong=FORM),
        look("admin:plan_forbid", batch.pk, query=f"?need={pair}&doctor={world.town.doctors[2].pk}"),
        look("admin:override_lift", world.forbidden.pk, wrong=FORM),
        look("admin:host_choose", batch.pk),
        look("admin:host_choose", batch.pk, query=f"?enterprise={world.town.host.enterprise_id}"),
        look("admin:survey_coverage", world.survey.pk),
        look("need_detail", world.needs["submitted"].pk),
        look("need_detail", world.needs["published"].pk),
        look("order_detail", world.orders["placed"].pk),
        look("dispatch_table"),
        look("dispatch_detail", world.offer.pk),
        look("assignment_detail", world.running.pk),
        look("assignment_late", world.running.pk, wrong=FORM),
        look("assignment_extend", world.running.pk, wrong=FORM),
        look("assignment_stop", world.running.pk, wrong=FORM),
        look("assignment_cancel", world.waiting.pk, wrong=FORM),
        look("visit_detail", world.visits["disputed"].pk),
        look("check_detail", world.check.pk),
        look("doctor_detail", world.town.doctors[0].pk),
        look("notice_list"),
        *_of_rules(world),
        look("admin:accounts_user_add", wrong="#user_form"),
        look("admin:programmes_batch_add", wrong="main form.form"),
    ]


def _of_rules(world: World) -> list[Look]:
    """The pages on which the office writes, checks and uses rules."""
    ruled, now = world.ruled, world.town.batch.rule_set
    draft, submitted = ruled.draft.pk, ruled.submitted.pk
    return [
        look("admin:rules"),
        look("admin:rule_begin"),
        look("admin:rule_import", wrong=FORM),
        look("admin:rule_version", now.pk),
        look("admin:rule_version", ruled.graded.batch.rule_set_id),
        look("admin:rule_compare", query=f"?before=v{now.pk}&after=d{draft}"),
        look("admin:rule_draft", draft),
        look("admin:rule_draft", draft, query="?presets"),
        look("admin:rule_draft_name", draft, wrong=FORM),
        look("admin:rule_draft_submit", draft, wrong=FORM),
        look("admin:rule_draft_drop", draft),
        look("admin:rule_draft", submitted),
        look("admin:rule_draft_check", submitted),
        look("admin:rule_draft_in_force", submitted),
        look("admin:rule_draft_send_back", submitted, wrong=FORM),
        look("admin:batch_rules", world.town.batch.pk, wrong=FORM),
        look("admin:batch_eligibility", world.town.batch.pk),
        look("admin:batch_round", ruled.graded.batch_id),
        look("admin:batch_grades", ruled.graded.batch_id),
        look("assignment_detail", ruled.graded.pk),
        look("given_new", ruled.graded.pk, wrong=FORM),
        look("check_explain", ruled.warned.pk, wrong=FORM),
    ]


def auditor(world: World) -> tuple[User, list[Look]]:
    """The audit trail, of which the last check found two days not as they were written."""
    person = world.town.user_of(world.town.doctors[0])
    return world.auditor, [
        look("admin:index"),
        look("admin:ledger"),
        look("admin:ledger_wrong"),
        look("admin:ledger_days"),
        look("admin:ledger_persons"),
        look("admin:ledger_seen", person.pk),
        look("admin:ledger_deeds", person.pk),
    ]


def program(world: World) -> tuple[User, list[Look]]:
    return world.program, [look("home"), look("api_docs", foreign="#swagger-ui"), look("style"), look("notice_list")]


PAGES: dict[str, Callable[[World], tuple[User | None, list[Look]]]] = {
    page.__name__: page for page in (nobody, enterprise, university, doctor, office, auditor, program)
}
