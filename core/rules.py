"""Who may read the tables of `core`, and who may run a failed job again."""

from accounts.rules import give, is_city_office

for model in ("job", "period", "notice", "phoneshown", "setaside", "backup", "epoch", "alarm"):
    give(f"core.view_{model}", is_city_office)
for model in ("ledgerentry", "ledgerday", "ledgertally"):
    give(f"core.view_{model}", is_city_office)
give("core.run_again_job", is_city_office)
