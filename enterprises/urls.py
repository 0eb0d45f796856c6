"""Addresses of the pages of this app."""

from django.urls import path

from enterprises import inviting, need_page, views
from enterprises.lists import NeedList

urlpatterns = [
    path("needs/", NeedList.as_view(), name="need_list"),
    path("needs/new/", views.need_new, name="need_new"),
    path("needs/<key:pk>/", need_page.need_detail, name="need_detail"),
    path("needs/<key:pk>/contact/", need_page.need_contact, name="need_contact"),
    path("needs/<key:pk>/edit/", views.need_edit, name="need_edit"),
    path("needs/<key:pk>/hide-numbers/", need_page.need_hide_numbers, name="need_hide_numbers"),
    path("needs/<key:pk>/receipt/", views.need_receipt, name="need_receipt"),
    path("enterprises/<key:pk>/invite/", inviting.enterprise_invite, name="enterprise_invite"),
    path("members/invite/", inviting.member_invite_many, name="member_invite_many"),
    path("members/<key:pk>/invite/", inviting.member_invite, name="member_invite"),
]
