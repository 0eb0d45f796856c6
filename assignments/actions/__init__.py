"""From an order to the end of a service: the verbs of enterprises, universities, doctors and the office."""

from assignments.actions.assignments import (
    add_served_enterprise,
    begin_assignment,
    cancel_assignment,
    complete_assignment,
    stop_assignment,
)
from assignments.actions.dispatches import (
    accept_dispatch,
    decline_dispatch,
    dispatch_doctor,
    lapse_dispatch,
    withdraw_dispatch,
)
from assignments.actions.orders import cancel_order, host_for, place_order, withdraw_need
from assignments.actions.telling import liaisons_of
from assignments.actions.terms import extend_term, note_late_start

__all__ = [
    "accept_dispatch",
    "add_served_enterprise",
    "begin_assignment",
    "cancel_assignment",
    "cancel_order",
    "complete_assignment",
    "decline_dispatch",
    "dispatch_doctor",
    "extend_term",
    "host_for",
    "lapse_dispatch",
    "liaisons_of",
    "note_late_start",
    "place_order",
    "stop_assignment",
    "withdraw_dispatch",
    "withdraw_need",
]
