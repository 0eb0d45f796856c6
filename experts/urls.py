"""Addresses of the pages of this app."""

from django.urls import path

from experts import inviting, views
from experts.lists import DoctorList

urlpatterns = [
    path("doctors/", DoctorList.as_view(), name="doctor_list"),
    path("doctors/new/", views.doctor_new, name="doctor_new"),
    path("doctors/invite/", inviting.doctor_invite_many, name="doctor_invite_many"),
    path("doctors/<key:pk>/", views.doctor_detail, name="doctor_detail"),
    path("doctors/<key:pk>/phone/", views.doctor_phone, name="doctor_phone"),
    path("doctors/<key:pk>/edit/", views.doctor_edit, name="doctor_edit"),
    path("doctors/<key:pk>/invite/", inviting.doctor_invite, name="doctor_invite"),
    path("universities/<key:pk>/invite/", inviting.university_invite, name="university_invite"),
    path("liaisons/invite/", inviting.liaison_invite_many, name="liaison_invite_many"),
    path("liaisons/<key:pk>/invite/", inviting.liaison_invite, name="liaison_invite"),
]
