"""Django's own messages that our catalogue says in other words.

They are listed here so that the catalogue's extraction finds them; `LOCALE_PATHS` goes before Django's catalogues.
"""

from django.utils.translation import gettext_noop, ngettext_lazy

OURS = (
    gettext_noop("Add %s"),
    gettext_noop("Change %s"),
    gettext_noop("View %s"),
    gettext_noop("Select %s"),
    gettext_noop("Select %s to change"),
    gettext_noop("Select %s to view"),
    gettext_noop("Add %(name)s"),
    gettext_noop(" By %(filter_title)s "),
    gettext_noop("%(full_result_count)s total"),
    gettext_noop("0 of %(cnt)s selected"),
    gettext_noop("Action:"),
    gettext_noop("Clear all filters"),
    gettext_noop("Clear selection"),
    gettext_noop("Empty"),
    gettext_noop("Not empty"),
    gettext_noop("Hide counts"),
    gettext_noop("Show counts"),
    gettext_noop("Go"),
    gettext_noop("History"),
    gettext_noop("Objects"),
    gettext_noop("Run the selected action"),
    gettext_noop("Save and add another"),
    gettext_noop("Save and continue editing"),
    gettext_noop("Save and view"),
    gettext_noop("Select all objects on this page for an action"),
    gettext_noop("Select this object for an action - {}"),
    gettext_noop("Show all"),
    gettext_noop("Summary"),
    gettext_noop("View on site"),
    gettext_noop("Items must be selected in order to perform actions on them. No items have been changed."),
    gettext_noop("The {name} “{obj}” was added successfully."),
    gettext_noop("The {name} “{obj}” was changed successfully."),
    gettext_noop("The {name} “{obj}” was added successfully. You may add another {name} below."),
    gettext_noop("The {name} “{obj}” was changed successfully. You may edit it again below."),
    gettext_noop("The %(name)s “%(obj)s” was deleted successfully."),
    gettext_noop("Your old password was entered incorrectly. Please enter it again."),
    gettext_noop("Your password can’t be too similar to your other personal information."),
    gettext_noop("Your password can’t be a commonly used password."),
    gettext_noop("Your password can’t be entirely numeric."),
    gettext_noop("The password is too similar to the %(verbose_name)s."),
    gettext_noop("This password is too common."),
    gettext_noop("%(name)s with ID “%(key)s” doesn’t exist. Perhaps it was deleted?"),
)
COUNTED = (
    ngettext_lazy("%(counter)s result", "%(counter)s results", "counter"),
    ngettext_lazy(
        "Your password must contain at least %(min_length)d character.",
        "Your password must contain at least %(min_length)d characters.",
        "min_length",
    ),
    ngettext_lazy(
        "This password is too short. It must contain at least %d character.",
        "This password is too short. It must contain at least %d characters.",
        "min_length",
    ),
    ngettext_lazy("%(total_count)s selected", "All %(total_count)s selected", "total_count"),
)
