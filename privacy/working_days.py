"""Days within which something is answered: Saturdays and Sundays do not count. Public holidays are not known here."""

from datetime import date, timedelta


def working_days_after(day: date, days: int) -> date:
    """The last day of so many working days after `day`."""
    while days > 0:
        day += timedelta(days=1)
        days -= day.weekday() < 5
    return day
