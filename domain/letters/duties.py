"""What a letter may repeat of a posting: a posting is untrusted text, so only short plain words get through."""

import re

from domain.english import fold, is_english, sentences, tokens, verbs, words

_TAG = re.compile(
    r"<script\b.*?(?:</script>|$)|<style\b.*?(?:</style>|$)|<[^>]{0,300}>|!?\[[^\]]{0,200}\]\([^)]{0,500}\)+"
    r"|\b(?:https?|javascript|data|vbscript):\S+|www\.\S+",
    re.IGNORECASE | re.DOTALL,
)
_SIGNS = re.compile(r"[`*_~|<>{}\[\]\\]|^\s*#+")
_BREAK = re.compile(r"\s+[-–—|/·•]\s+|[(,;:]|\s{2,}")  # noqa: RUF001
_ORDERS = re.compile(
    r"\b(?:ignore|disregard|forget|instruct\w*|prompt\w*|system|assistant|model|llm|gpt|chatgpt|ai|candidate\w*|applicant\w*"
    r"|previous|above|pretend|claim\w*|mention\w*|say|says|state|include|insert|output|print|reply|respond|letter|sentence"
    r"|resume|résumé|cv|degree|phd|doctorate|hire[ds]?|password|secret|token|email|send|click|visit|must|http\w*|i|me|my)\b",
    re.IGNORECASE,
)
_TALKS = re.compile(
    r"\b(?:ignor\w*|disregard|instru[ck]\w*|prompts?|candida\w*|applicants?|bewerber\w*|pretend|that you)\b"
    r"|^\W*(?:write|state|claim|mention|say|add|include|insert|print|output|click|visit|send|forget)\s+\w+\s+\w+",
    re.IGNORECASE,
)
_PHRASE_WORDS = range(4, 13)
_LONGEST_TITLE, _LONGEST_COMPANY = 70, 60


def without_markup(text: str) -> str:
    """The posting's lines as they would be seen: no tags, links, scripts and addresses."""
    return _TAG.sub(" ", fold(text))


def plain(text: str) -> str:
    """One line without markup, addresses and control characters."""
    kept = "".join(
        character
        for character in _SIGNS.sub(" ", without_markup(text))
        if character.isprintable() or character.isspace()
    )
    return " ".join(kept.split()).strip(" -,;:.")


def short_title(title: str) -> str | None:
    """The title as a letter names it: its first part, when it is long; None when it is empty or gives orders."""
    if gives_orders(plain(title)):
        return None
    text = plain(title.split("\n", 1)[0])
    if len(text) > _LONGEST_TITLE // 2 or _BREAK.search(text):
        text = _BREAK.split(text, maxsplit=1)[0].strip() or text
    if len(text) > _LONGEST_TITLE:
        text = text[:_LONGEST_TITLE].rsplit(" ", 1)[0]
    text = text.strip(" -,;:.!?")
    return text or None


def short_company(company: str | None) -> str | None:
    """The company as a letter names it; None when there is none, or what stands there is no name."""
    text = plain((company or "").split("\n", 1)[0])
    known = 0 < len(text) <= _LONGEST_COMPANY and not gives_orders(plain(company or ""))
    return text if known and text.casefold() not in {"confidential", "unknown", "n/a", "none", "anonymous"} else None


def gives_orders(text: str) -> bool:
    """Whether a text talks to whoever writes the letter, instead of telling about a job."""
    return len(_ORDERS.findall(text)) > 1 or bool(_TALKS.search(text))


def duties(description: str) -> list[str]:
    """Duties in the posting's own words, each "verb and object" of plain English, fit to be quoted."""
    found = []
    for line in description.split("\n"):
        for sentence in sentences(fold(line).strip(" \t-–—*•·\u25cf\u25aa")):  # noqa: RUF001
            phrase = _duty(sentence.strip(" .;:!"))
            if phrase and phrase not in found:
                found.append(phrase)
    return found


def _duty(sentence: str) -> str | None:
    phrase = re.split(r"[,;:(]|\s[-–—]\s", sentence, maxsplit=1)[0].strip()  # noqa: RUF001
    found = tokens(phrase)
    if len(found) not in _PHRASE_WORDS or _ORDERS.search(phrase) or not re.fullmatch(r"[A-Za-z' -]+", phrase):
        return None
    if found[0].norm not in verbs() or found[0].norm in words("never_duties") or not phrase[1:2].islower():
        return None
    if (
        not all(is_english(token.norm) or token.norm in {"a", "an"} for token in found)
        or phrase[1:] != phrase[1:].lower()
    ):
        return None
    return phrase[0].lower() + phrase[1:] if found[-1].norm not in words("dangling") else None
