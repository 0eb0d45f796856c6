from functools import partial
from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from enterprises.host_rules import wrong_host_rules
from programmes.readers import read_by


class EnterprisesConfig(AppConfig):
    name = "enterprises"
    verbose_name = _("Enterprises and needs")

    def ready(self) -> None:
        """Name the reader of a batch's eligibility, and what its form shows of that."""
        held: Any = self.get_model("Qualification")
        reader = partial(wrong_host_rules, kinds=dict(held.Kind.choices))
        read_by("eligibility", reader, beside="enterprises.office.eligible.beside_form")
