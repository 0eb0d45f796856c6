"""Faults done to a whole site of real processes: what was acknowledged is stored, once, and the site is well again."""
