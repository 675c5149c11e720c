"""What a User-Agent header tells of a device, by the documented rule (contract.md section 5)."""

from typing import NamedTuple

BROWSERS = ("Chrome", "Firefox", "Safari", "Edge")


class Device(NamedTuple):
    name: str | None
    type: str | None


def read_device(user_agent: str | None) -> Device:
    if not user_agent:
        return Device(None, None)
    lowered = user_agent.lower()
    if "mobile" in lowered or "android" in lowered:
        kind = "mobile"
    elif "tablet" in lowered or "ipad" in lowered:
        kind = "tablet"
    else:
        kind = "desktop"
    return Device(next((name for name in BROWSERS if name in user_agent), "Unknown Browser"), kind)
