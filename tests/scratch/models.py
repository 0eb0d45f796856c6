"""A table of the scratch app, over rows that are there."""

from programmes.models import Batch


class Rota(Batch):
    class Meta:
        proxy = True
        app_label = "scratch"
        verbose_name = "rota"
        verbose_name_plural = "rotas"
