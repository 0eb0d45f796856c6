from functools import partial
from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from enterprises.demands import wrong_demands
from programmes.readers import read_by


class EnterprisesConfig(AppConfig):
    name = "enterprises"
    verbose_name = _("Enterprises and needs")

    def ready(self) -> None:
        """Name the reader and the form of a batch's eligibility."""
        held: Any = self.get_model("Qualification")
        kinds, levels = dict(held.Kind.choices), dict(held.Level.choices)
        reader = partial(wrong_demands, kinds=kinds, levels=levels)
        read_by("eligibility", reader, form="enterprises.office.conditions.Conditions")
