"""How Django itself writes dates, in the admin and in messages: the forms of ui/templatetags/ui_format.py."""
