"""The address of a request is what our proxies wrote, and a device is named in words."""

from ipaddress import ip_network
from typing import Any

import pytest
from django.test import RequestFactory, override_settings
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st
from rest_framework.request import Request
from rest_framework.views import APIView

from core.clients import address_of, counted_as, device_of
from rest.throttling import TokenThrottle

OURS = [ip_network("10.0.0.0/24"), ip_network("127.0.0.1")]
CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Safari/537.36"
)
WECHAT = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 "
    "MicroMessenger/8.0.48(0x1800302f) NetType/WIFI Language/zh_CN"
)
HUAWEI = (
    "Mozilla/5.0 (Phone; OpenHarmony 5.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/114.0.0.0 Safari/537.36 "
    "ArkWeb/4.1.6.1 Mobile HuaweiBrowser/5.0.4.300"
)


def sender(peer: str, forwarded: str | None = None) -> str:
    header = {} if forwarded is None else {"HTTP_X_FORWARDED_FOR": forwarded}
    return address_of(RequestFactory().get("/", REMOTE_ADDR=peer, **header))


@pytest.mark.parametrize(
    ("peer", "forwarded", "expected"),
    [
        # Nothing stands in front of the peer.
        ("203.0.113.9", None, "203.0.113.9"),
        # A header from a peer that is no proxy of ours is forged.
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
        ("203.0.113.9", "10.0.0.1, 127.0.0.1", "203.0.113.9"),
        # One proxy, two proxies; what stands to the left of the first stranger is forged.
        ("127.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("127.0.0.1", "203.0.113.9, 10.0.0.7", "203.0.113.9"),
        ("127.0.0.1", "198.51.100.1, 203.0.113.9, 10.0.0.7", "203.0.113.9"),
        ("127.0.0.1", "10.0.0.5, 203.0.113.9", "203.0.113.9"),
        # Only proxies of ours: the request began at the leftmost.
        ("127.0.0.1", "10.0.0.5, 10.0.0.7", "10.0.0.5"),
        # What is no address is not believed; the nearest proxy that is known stays.
        ("127.0.0.1", "unknown", "127.0.0.1"),
        ("127.0.0.1", "203.0.113.9, <script>, 10.0.0.7", "10.0.0.7"),
        ("127.0.0.1", "", "127.0.0.1"),
        # Ports, brackets, and IPv4 written as IPv6.
        ("127.0.0.1", "203.0.113.9:51234", "203.0.113.9"),
        ("::ffff:127.0.0.1", "[2001:db8::1]:443", "2001:db8::1"),
        # A Unix socket gives no address: the peer is on this machine.
        ("", "203.0.113.9", "203.0.113.9"),
        ("", None, ""),
    ],
)
def test_the_sender_is_the_first_address_from_the_right_that_is_no_proxy_of_ours(
    settings: Any, peer: str, forwarded: str | None, expected: str
) -> None:
    settings.TRUSTED_PROXIES = OURS
    assert sender(peer, forwarded) == expected


@given(forged=st.lists(st.text("0123456789abcdef.:[]%, \\n<>", max_size=20), max_size=6))
def test_nothing_that_the_sender_writes_changes_the_address(forged: list[str]) -> None:
    with override_settings(TRUSTED_PROXIES=OURS):
        assert sender("127.0.0.1", ", ".join([*forged, "203.0.113.9"])) == "203.0.113.9"
        assert sender("203.0.113.9", ", ".join(forged)) == "203.0.113.9"


def test_without_networks_the_last_entry_is_believed_behind_a_proxy_only(settings: Any) -> None:
    settings.TRUSTED_PROXIES = []
    settings.TRUST_PROXY = True
    assert sender("127.0.0.1", "198.51.100.1, 203.0.113.9") == "203.0.113.9"
    assert sender("127.0.0.1", "198.51.100.1, nonsense") == "127.0.0.1"
    settings.TRUST_PROXY = False
    assert sender("127.0.0.1", "203.0.113.9") == "127.0.0.1"


def test_rates_of_strangers_are_counted_by_that_address() -> None:
    sent = {"REMOTE_ADDR": "2001:db8:1:2::9", "HTTP_X_FORWARDED_FOR": "198.51.100.1"}
    request = Request(RequestFactory().get("/", **sent))
    assert TokenThrottle().get_cache_key(request, APIView()) == "throttle:ip:2001:db8:1:2::/64"


def test_addresses_of_one_customer_are_counted_as_one() -> None:
    assert counted_as("2001:db8:1:2:3:4:5:6") == counted_as("2001:db8:1:2::9") == "2001:db8:1:2::/64"
    assert counted_as("2001:db8:1:3::9") == "2001:db8:1:3::/64"
    assert counted_as("203.0.113.9") == counted_as("::ffff:203.0.113.9") == "203.0.113.9"
    assert counted_as("") == ""


@pytest.mark.parametrize(
    ("agent", "words", "chinese"),
    [
        (CHROME, "Chrome · Windows", "Chrome · Windows"),
        (WECHAT, "WeChat · iOS", "微信 · iOS"),
        (HUAWEI, "Huawei Browser · HarmonyOS", "华为浏览器 · HarmonyOS"),
        ("", "unknown device", "未知设备"),
        ("<script>alert(1)</script>", "unknown device", "未知设备"),
    ],
)
def test_a_device_is_named_in_words(agent: str, words: str, chinese: str) -> None:
    with override("en"):
        assert device_of(agent) == words
    with override("zh-hans"):
        assert device_of(agent) == chinese
