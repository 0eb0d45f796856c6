"""Who sends a request, as far as the network and the browser say it: the address, and the device in words.

Anyone can send the header X-Forwarded-For. It is believed only as far as proxies of ours wrote it.
"""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _

Address = IPv4Address | IPv6Address

# A provider gives each customer at least a network of this size, so an attacker has all addresses of it.
IPV6_CUSTOMER = 64
# Longer texts are not browsers; to read them costs time.
LONGEST_AGENT = 400


def address_of(request: HttpRequest) -> str:
    """The network address of a request's sender, or "" if a Unix socket gives none.

    With TRUSTED_PROXIES, X-Forwarded-For is read from the right as long as the address reached so far is one of those
    proxies: the first other address is the sender. Without them, the last entry is believed if TRUST_PROXY is set.
    """
    peer: str = request.META.get("REMOTE_ADDR", "")
    entries = [entry.strip() for entry in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
    if settings.TRUSTED_PROXIES:
        return _sender(peer, entries)
    last = read_address(entries[-1]) if settings.TRUST_PROXY else None
    return str(last or read_address(peer) or "")


def _sender(peer: str, entries: Sequence[str]) -> str:
    """The first address from the right that is no trusted proxy; a peer without an address is on this machine."""
    reached = read_address(peer)
    for entry in reversed(entries):
        if reached is not None and not _is_ours(reached):
            break
        told = read_address(entry)
        if told is None:
            break
        reached = told
    return str(reached or "")


def _is_ours(address: Address) -> bool:
    return any(address in network for network in settings.TRUSTED_PROXIES)


def read_address(text: str) -> Address | None:
    """The address written in `text`, with or without a port; None if there is none."""
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def counted_as(address: str) -> str:
    """What an address is counted as: itself, or for IPv6 the network of its customer."""
    read = read_address(address)
    if isinstance(read, IPv6Address):
        return str(IPv6Network((int(read), IPV6_CUSTOMER), strict=False))
    return address if read is None else str(read)


def device_of(user_agent: str) -> str:
    """The browser and the system that a User-Agent header names, such as "Chrome · Windows"."""
    # Its expressions take 12 MB, which a process needs only once somebody signs in.
    from ua_parser import parse  # noqa: PLC0415

    read = parse(user_agent[:LONGEST_AGENT])
    browser = read.user_agent.family if read.user_agent else ""
    system = _system(user_agent, read.os.family if read.os else "")
    words = [_in_words(name) for name in (browser, system) if name]
    return " · ".join(words) or _("unknown device")


def _system(user_agent: str, found: str) -> str:
    """The operating system; the library takes Huawei's for Android, or finds none."""
    return "HarmonyOS" if "HarmonyOS" in user_agent or "OpenHarmony" in user_agent else found


def _in_words(name: str) -> str:
    """The name of a browser as people here say it."""
    if name == "WeChat Browser":
        return _("WeChat")
    if name.startswith("QQ Browser"):
        return _("QQ Browser")
    return _("Huawei Browser") if name == "Huawei Browser" else name
