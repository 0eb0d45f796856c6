"""Who may read what the engine said, and what became of it."""

from accounts.rules import give, is_office

for model in ("matchrun", "suggestion", "planline", "override", "planquota", "feedback", "factorweights"):
    give(f"matching.view_{model}", is_office)
