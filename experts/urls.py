"""Addresses of the pages of this app."""

from django.urls import path

from experts import views
from experts.lists import DoctorList

urlpatterns = [
    path("doctors/", DoctorList.as_view(), name="doctor_list"),
    path("doctors/new/", views.doctor_new, name="doctor_new"),
    path("doctors/<key:pk>/", views.doctor_detail, name="doctor_detail"),
    path("doctors/<key:pk>/phone/", views.doctor_phone, name="doctor_phone"),
    path("doctors/<key:pk>/edit/", views.doctor_edit, name="doctor_edit"),
]
