"""An enterprise that receives in batches of two programmes."""

from datetime import timedelta

import pytest

from assignments.actions.orders import host_for
from tests import factories as f
from tests.factories import START


@pytest.mark.django_db
def test_an_order_is_placed_in_the_batch_that_takes_orders_today() -> None:
    first = f.HostFactory(batch=f.BatchFactory(starts_on=START))
    later = f.BatchFactory(
        programme=f.ProgrammeFactory(name="科技副总选派"), starts_on=START + timedelta(days=30),
        orders_from=START + timedelta(days=30), orders_until=START + timedelta(days=60),
    )  # fmt: skip
    second = f.HostFactory(batch=later, enterprise=first.enterprise)
    need = f.NeedFactory(enterprise=first.enterprise)
    assert host_for(need, None, START) == first
    assert host_for(need, None, START + timedelta(days=31)) == second
