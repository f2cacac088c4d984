"""Which network an address belongs to. Keeps nothing; how wide a network is meant is the caller's to say."""

from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address


def network(address: str | None, *, ipv4: int, ipv6: int) -> str | None:
    """The network of this many bits around an address; None where there is none, as through a local socket."""
    try:
        found = ip_address(address or "")
    except ValueError:
        return None
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped is None:
            return str(IPv6Network((int(found), ipv6), strict=False))
        found = found.ipv4_mapped
    return str(IPv4Network((int(found), ipv4), strict=False))
