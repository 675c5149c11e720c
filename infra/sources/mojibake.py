"""Text that was UTF-8 and has been read as Windows Latin-1 ("donâ€™t" for "don't"), put right."""

import re
from typing import Any

_MAX_ROUNDS = 2
_HIGH = {
    bytes([byte]).decode("cp1252"): byte for byte in range(0x80, 0xA0) if byte not in {0x81, 0x8D, 0x8F, 0x90, 0x9D}
}
_FOLLOWING = "".join(map(re.escape, _HIGH)) + "\x80-\xbf"
# Only what begins as Latin, Greek and Cyrillic letters, dashes, quotes and emojis do: "É»" is French.
_BROKEN = re.compile(f"[\xc2-\xc5\xce-\xd1][{_FOLLOWING}]|[\xe1-\xef][{_FOLLOWING}]{{2}}|\xf0[{_FOLLOWING}]{{3}}")


def repaired(text: str) -> str:
    for _ in range(_MAX_ROUNDS):
        better = _BROKEN.sub(_whole, text)
        if better == text:
            break
        text = better
    return text


def repaired_row(value: Any) -> Any:
    """A row of JSON with every text of it repaired."""
    if isinstance(value, str):
        return repaired(value)
    if isinstance(value, list):
        return [repaired_row(item) for item in value]
    return {name: repaired_row(item) for name, item in value.items()} if isinstance(value, dict) else value


def _whole(match: re.Match[str]) -> str:
    try:
        return bytes(_HIGH.get(character, ord(character)) for character in match[0]).decode("utf-8")
    except (UnicodeDecodeError, ValueError):
        return match[0]
