"""Asks every page and posts every form of a checkout, and says how long each took.

It knows the checkout by names alone (routes, models, fields) and names itself by relative imports; `work` alone imports
what it runs, which both checkouts have by the same name. So the same code runs inside `manage.py bench` and, as
`python -m probe`, inside an older checkout.
"""
