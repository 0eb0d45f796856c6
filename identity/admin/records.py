"""The office's tables of invitations and of linked accounts, which are only read."""

from identity.models import AccountLink, Invitation
from ui.office_table import MonthFilter, RecordTable, status_column


class InvitationTable(RecordTable[Invitation]):
    """All invitations; they are sent again and withdrawn on the page of invitations."""

    list_display = ["user", "shown_status", "way", "sent_at", "sent_by", "expires_at"]
    shown_status = status_column()
    list_filter = ["status", "way", ("sent_at", MonthFilter)]
    search_fields = ["user__pinyin", "user__username"]
    list_select_related = ["user", "sent_by"]
    fields = ["user", "shown_status", "way", "sent_at", "sent_by", "expires_at", "status_by", "status_at"]
    readonly_fields = ["shown_status"]


class AccountLinkTable(RecordTable[AccountLink]):
    list_display = ["first", "second", "linked_at"]
    search_fields = ["first__pinyin", "second__pinyin"]
    list_select_related = ["first", "second"]
    fields = ["first", "second", "linked_at"]
