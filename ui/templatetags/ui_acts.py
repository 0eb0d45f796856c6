"""What a template asks before it shows a button: the rules, and nothing else."""

from typing import Any

from django.apps import apps
from django.db.models import Model

from core.permissions import may


def may_now(context: Any, verb: str, of: Model | str) -> bool:
    """`{% may "accept" dispatch as can %}`: whether the reader may do this with the row in its present state.

    With a model's name ("assignments.order") it asks whether he may with things of the kind at all.
    """
    user = context["request"].user
    return user.is_authenticated and may(user, verb, apps.get_model(of) if isinstance(of, str) else of)
