"""Which addresses lie in the public internet, and which places outside an operator has allowed. Never connects."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence

from modelwright.types.errors import Invalid

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_NOT_PUBLIC = [
    ipaddress.ip_network(text)
    for text in (
        "100.64.0.0/10",  # carrier-grade NAT (RFC 6598)
        "168.63.129.16/32",  # the host of a virtual machine, in one large cloud
        "192.0.0.0/24",  # IETF protocol assignments
        "192.88.99.0/24",  # 6to4 relays, given up (RFC 7526)
        "2001::/23",  # IETF protocol assignments, Teredo among them: holds an IPv4 address
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4: holds an IPv4 address
        "3fff::/20",  # documentation
    )
]
_GLOBAL_V6 = ipaddress.ip_network("2000::/3")
_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")


def is_public(address: Address) -> bool:
    """Whether an address is one host of the public internet, whatever the notation it hides in.

    IPv6 must lie in 2000::/3; so v4-mapped, NAT64, unique-local, link-local and multicast addresses are not public.
    """
    if any(address in network for network in _NOT_PUBLIC if network.version == address.version):
        return False
    if isinstance(address, ipaddress.IPv6Address):
        return address.scope_id is None and address in _GLOBAL_V6 and address.is_global
    return address.is_global and not address.is_multicast and not address.is_reserved


def literal(host: str) -> Address | None:
    """The address that a host is, or None for a name.

    Raises:
        Invalid: neither a name nor an address in its usual notation (`2130706433`, `0x7f.1`, `127.1` and the like).
    """
    if host.startswith("["):
        try:
            return ipaddress.IPv6Address(host[1:-1])
        except ValueError:
            raise Invalid("the host is not an IPv6 address", where="url") from None
    try:
        return ipaddress.IPv4Address(host)
    except ValueError:
        pass
    labels = host.removesuffix(".").split(".")
    if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise Invalid(
            "the host is not a name of letters, digits and '-'",
            where="url",
            hint="write an international name in its xn-- form",
        )
    if _NUMBER.fullmatch(labels[-1]):
        raise Invalid("the host is an address in an unusual notation", where="url", hint="write it as a.b.c.d")
    return None


class Allowed:
    """Places that may be reached although they are not public: names, `name:port`, addresses, networks (CIDR)."""

    def __init__(self, entries: Sequence[str]) -> None:
        self._places: set[tuple[str, int]] = set()
        self._networks: list[ipaddress.IPv4Network | ipaddress.IPv6Network] = []
        for entry in entries:
            text = entry.strip().lower()
            host, port = _split(text)
            try:
                if port:
                    raise ValueError
                self._networks.append(ipaddress.ip_network(text.strip("[]"), strict=False))
            except ValueError:
                if not host or "/" in host:
                    raise Invalid(
                        f"{entry!r} is no place", where="egress_allow", hint="use host, host:port, an address or a CIDR"
                    ) from None
                self._places.add((host, port))

    def host(self, host: str, port: int) -> bool:
        """Whether a host, as the URL names it, is allowed with whatever address it has."""
        return (host, 0) in self._places or (host, port) in self._places

    def address(self, address: Address) -> bool:
        """Whether an address lies in an allowed network."""
        return any(address in network for network in self._networks if network.version == address.version)


def _split(text: str) -> tuple[str, int]:
    host, colon, port = text.rpartition(":")
    if colon and port.isdigit() and (host.endswith("]") or ":" not in host):
        return host, int(port)
    return text, 0
