"""Who may do what with programmes and batches."""

from accounts.rules import give, is_city_office, is_office

for model in ("programme", "ruleset", "batch"):
    give(f"programmes.view_{model}", is_office)
    give(f"programmes.add_{model}", is_city_office)
    give(f"programmes.change_{model}", is_city_office)
for verb in ("open", "start", "close", "match", "repin"):
    give(f"programmes.{verb}_batch", is_city_office)
