"""The URLs of the pages of this app."""

from django.urls import path

from privacy import views

urlpatterns = [
    path("privacy/", views.privacy_notice, name="privacy_notice"),
    path("privacy/decline/", views.privacy_decline, name="privacy_decline"),
    path("privacy/withdraw/", views.privacy_withdraw, name="privacy_withdraw"),
    path("my-data/", views.my_data, name="my_data"),
    path("my-data/withdraw/", views.my_data_withdraw, name="my_data_withdraw"),
    path("my-data/copy/<slug:form>/", views.my_data_copy, name="my_data_copy"),
    path("my-data/requests/new/<slug:kind>/", views.personalrequest_new, name="my_data_ask"),
    path("my-data/requests/<key:pk>/", views.personalrequest_detail, name="personalrequest_detail"),
    path("my-data/requests/<key:pk>/withdraw/", views.personalrequest_withdraw, name="personalrequest_withdraw"),
]
