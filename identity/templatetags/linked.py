"""The linked accounts as the menu of the account shows them; the session keeps them, so no query is needed."""

from typing import Any

from django import template
from django.template.context import Context

from accounts.models import User
from identity.linking import SHOWN

register = template.Library()


@register.simple_tag(takes_context=True)
def linked_accounts(context: Context) -> list[dict[str, Any]]:
    """The key of each link, with the role and the body of the other account in the reader's language."""
    session = getattr(context.get("request"), "session", {})
    roles = dict(User.Role.choices)
    return [{**link, "role": roles.get(link["role"], "")} for link in session.get(SHOWN, [])]
