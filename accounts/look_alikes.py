"""The column by which no two accounts have names that look alike, and what asks before it."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from accounts.names import LONGEST_KEY, fault_of, look_of, looks_like


class LooksLikeNoOther(models.Model):
    """A base of `User`: the key of its user name, which is unique."""

    username: models.CharField[str, str]

    # In which names that look alike are equal (accounts.names). A name that looked like an earlier one when this column
    # came keeps its own key behind a "#", which no other key contains.
    name_key = models.CharField(max_length=LONGEST_KEY + 24, unique=True, editable=False)

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save with the key of the name; one that was marked is kept as long as the name looks the same."""
        key = look_of(self.username)
        if self.name_key.partition("#")[0] != key or not self.name_key:
            self.name_key = key
            if kwargs.get("update_fields") is not None:
                kwargs["update_fields"] = {*kwargs["update_fields"], "name_key"}
        super().save(*args, **kwargs)

    def clean(self) -> None:
        """A name that is new to this account must be one that may be given, and look like no other."""
        super().clean()
        own = {"pk": self.pk, "username": self.username}
        kept = type(self)._default_manager.filter(**own)
        if self.username and not kept.exists() and (wrong := self.wrong_name(self.username, but=self.pk)):
            raise ValidationError({"username": wrong})

    @classmethod
    def wrong_name(cls, name: str, *, but: int | None = None) -> str:
        """Why a name cannot be given to an account (to the one with key `but`), as a sentence; empty if it can."""
        if wrong := fault_of(name):
            return wrong
        key = look_of(name)
        alike = cls._default_manager.filter(Q(name_key=key) | Q(name_key__startswith=f"{key}#"))
        if but is not None:
            alike = alike.exclude(pk=but)
        taken = alike.order_by("pk").first()
        return looks_like(name, taken.username) if taken is not None else ""
