"""The REST list of assignments as a tutorial would write it, to be measured beside ours."""

from typing import Any

from django.urls import path
from rest_framework import generics, serializers
from rest_framework.pagination import PageNumberPagination

from assignments.api import AssignmentSerializer
from assignments.models import Assignment


class Pages(PageNumberPagination):
    page_size = 50


class OwnColumns(serializers.ModelSerializer[Assignment]):
    class Meta:
        model = Assignment
        fields = "__all__"


class OwnList(generics.ListAPIView[Any]):
    queryset = Assignment.objects.order_by("pk")
    serializer_class: Any = OwnColumns
    pagination_class = Pages


class SameList(OwnList):
    serializer_class = AssignmentSerializer


urlpatterns = [path("own/", OwnList.as_view()), path("same/", SameList.as_view())]
