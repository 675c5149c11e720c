"""The evidence of a score as one readable paragraph."""

from typing import Any

NAMED_AT_MOST = 6


def reasoning(fit: dict[str, Any] | None) -> str | None:
    """`fit` is the JSON of a `domain.fit.Fit`; None when nothing was rated."""
    if fit is None:
        return None
    matched = [one["skill"] for one in fit["matched"]]
    missing = [one["skill"] for one in fit["missing"]]
    if not matched and not missing:
        return "The posting names no skill, so the score rests on its wording alone."
    parts = [f"Your résumé shows {_list(matched)}" if matched else "Your résumé shows none of the skills it names"]
    parts.append(f"it does not mention {_list(missing)}" if missing else "nothing it names is missing")
    return "; ".join(parts) + "."


def _list(skills: list[str]) -> str:
    shown, rest = skills[:NAMED_AT_MOST], len(skills) - NAMED_AT_MOST
    if rest > 0:
        return ", ".join(shown) + f" and {rest} more"
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)
