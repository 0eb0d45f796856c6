"""Who may do what with messages."""

from accounts.rules import give, is_city_office

for model in ("mail", "channel", "preference"):
    give(f"outbox.view_{model}", is_city_office)
give("outbox.settle_mail", is_city_office)
