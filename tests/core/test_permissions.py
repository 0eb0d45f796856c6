"""What exists for someone and what they may do with it: unseen is 404, forbidden is 403."""

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404

from core.permissions import check_permitted, get_permitted, may, perm_name
from enterprises.models import Need
from tests.factories import CityUserFactory, DepartmentUserFactory, MemberFactory, NeedFactory


def test_the_name_of_a_permission() -> None:
    assert perm_name(Need, "publish") == "enterprises.publish_need"


@pytest.mark.django_db
def test_seen_and_allowed_is_the_object() -> None:
    member = MemberFactory()
    need = NeedFactory(enterprise=member.enterprise)
    assert get_permitted(Need, "withdraw", member.user, pk=need.pk) == need
    assert get_permitted(Need.objects.filter(title=need.title), "withdraw", member.user, pk=str(need.pk)) == need


@pytest.mark.django_db
def test_unseen_is_404_whatever_the_verb() -> None:
    other = MemberFactory().user
    need = NeedFactory()
    for verb in ("withdraw", "review", "fly"):
        with pytest.raises(Http404):
            get_permitted(Need, verb, other, pk=need.pk)


@pytest.mark.django_db
@pytest.mark.parametrize("pk", [0, -1, 10**30, "abc", ""])
def test_what_is_no_key_is_404(pk: object) -> None:
    with pytest.raises(Http404):
        get_permitted(Need, "review", CityUserFactory(), pk=pk)


@pytest.mark.django_db
def test_seen_and_forbidden_is_403() -> None:
    member = MemberFactory()
    need = NeedFactory(enterprise=member.enterprise)
    with pytest.raises(PermissionDenied):
        get_permitted(Need, "review", member.user, pk=need.pk)


@pytest.mark.django_db
def test_a_queryset_narrows_what_exists() -> None:
    need = NeedFactory()
    with pytest.raises(Http404):
        get_permitted(Need.objects.exclude(pk=need.pk), "review", CityUserFactory(), pk=need.pk)


@pytest.mark.django_db
def test_may_asks_for_a_thing_or_for_things_of_a_kind() -> None:
    city, department, need = CityUserFactory(), DepartmentUserFactory(), NeedFactory()
    assert may(city, "review", need) is True
    assert may(city, "review", Need) is True
    assert may(department, "review", need) is False
    assert may(department, "review", Need) is False
    check_permitted(need, "review", city)
    with pytest.raises(PermissionDenied):
        check_permitted(need, "review", department)


@pytest.mark.django_db
def test_an_inactive_account_may_nothing() -> None:
    member = MemberFactory(user__is_active=False)
    need = NeedFactory(enterprise=member.enterprise)
    with pytest.raises(PermissionDenied):
        get_permitted(Need, "withdraw", member.user, pk=need.pk)
