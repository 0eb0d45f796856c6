"""Formats in which Django writes dates in the admin and in messages, the same as in ui/templatetags/ui_format.py."""
