"""A module for a worker of a test to include: each process of its pool logs the limits of its database connection."""

import logging

from celery.signals import worker_process_init
from django.db import connection

NAMES = ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout")


@worker_process_init.connect
def tell_limits(**_named: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT concat_ws(' ', {', '.join(f'current_setting({name!r})' for name in NAMES)})")
        logging.getLogger(__name__).info("limits: %s.", cursor.fetchone()[0])
    connection.close()
