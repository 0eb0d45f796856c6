"""Asks every page and posts every form of a checkout, and says how long each took.

It knows the checkout by names alone (routes, models, fields), imports nothing of it and names itself by relative
imports: so the same code runs inside `manage.py bench` and, as `python -m probe`, inside an older checkout.
"""
