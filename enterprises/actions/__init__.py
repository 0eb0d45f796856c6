"""What changes enterprises, needs, survey sheets and hosts."""

from enterprises.actions.enterprises import (
    appoint_member,
    edit_enterprise,
    edit_qualification,
    enter_qualification,
    enterprise_users,
    join_enterprise,
    new_enterprise,
    register_enterprise,
)
from enterprises.actions.hosts import choose_host, judge_host
from enterprises.actions.needs import (
    draft_need,
    edit_need,
    hide_numbers,
    new_need,
    post_need,
    resubmit_need,
    return_need,
    reviewers,
    submit_need,
)
from enterprises.actions.surveys import edit_survey, fill_sheet, plan_sheets, plan_survey

__all__ = [
    "appoint_member",
    "choose_host",
    "draft_need",
    "edit_enterprise",
    "edit_need",
    "edit_qualification",
    "edit_survey",
    "enter_qualification",
    "enterprise_users",
    "fill_sheet",
    "hide_numbers",
    "join_enterprise",
    "judge_host",
    "new_enterprise",
    "new_need",
    "plan_sheets",
    "plan_survey",
    "post_need",
    "register_enterprise",
    "resubmit_need",
    "return_need",
    "reviewers",
    "submit_need",
]
