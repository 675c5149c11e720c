"""Notes in Markdown for the person who prepares an interview: what fits, what is missing, what may be asked.

Quotes of posting and résumé are escaped, so that no markup, link or image in them renders.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from domain.fit import SkillEvidence
from domain.letters.brief import Brief, LetterMaterial, brief_of, fit_of, material_facts
from domain.letters.deeds import Deed
from domain.letters.duties import duties, gives_orders, plain

_MARKUP = re.compile(r"([\\`*_\[\]<>#!|~&$])")
_LONGEST_QUOTE = 180
_MOST_EACH = 5
_LIST_COMMAS = 5  # a quote with so many commas is a list of skills, and proves less than a sentence
_TERMS = {
    "shifts, nights or on-call duty": r"\b(?:shifts?|nights?|weekends?|on-call|rota)\b",
    "remote or hybrid work": r"\b(?:remote|hybrid|home office|from home)\b",
    "pay": r"\b(?:salary|pay|compensation|wage|bonus|equity)\b|[$\u20ac\u00a3]\s?\d",
    "visas and the right to work": r"\b(?:visa|sponsorship|right to work|work permit|eligible to work)\b",
    "travel": r"\btravel(?:ling|ing)?\b",
    "a licence, check or clearance": r"\b(?:background check|clearance|dbs|licen[cs]ed?)\b",
    "probation or a fixed term": r"\b(?:probation|fixed[- ]term|temporary|contract ends)\b",
}


def write_prep_notes(material: LetterMaterial) -> str:
    """The same material gives the same notes."""
    brief = brief_of(material, "professional", material_facts(material))
    fit = fit_of(material)
    sections = (
        ("Why it fits", _fitting(fit.matched)),
        ("Gaps, honestly", _gaps(fit.missing)),
        ("Questions they are likely to ask", _questions(brief, fit.missing)),
        ("What to look up", _research(brief)),
    )
    heading = f"# {_quiet(brief.title or 'This job')}" + (f" at {_quiet(brief.company)}" if brief.company else "")
    return "\n\n".join(
        [heading, *(f"## {title}\n\n" + "\n".join(f"- {line}" for line in lines) for title, lines in sections)]
    )


def _quiet(text: str) -> str:
    """One line in which nothing is markup."""
    return _MARKUP.sub(r"\\\1", plain(text))


def _quote(text: str | None) -> str | None:
    """A short quotation; None for words that are missing or give orders instead of telling something."""
    line = plain(text or "")
    if not line or gives_orders(line):
        return None
    if len(line) > _LONGEST_QUOTE:
        line = line[:_LONGEST_QUOTE].rsplit(" ", 1)[0] + "\u2026"
    return f"“{_quiet(line)}”"


def _fitting(matched: Sequence[SkillEvidence]) -> Iterator[str]:
    told_first = sorted(matched, key=lambda evidence: (evidence.resume_quote or "").count(",") >= _LIST_COMMAS)
    for evidence in told_first[: _MOST_EACH + 1]:
        asked, shown = _quote(evidence.posting_quote), _quote(evidence.resume_quote)
        line = f"**{_quiet(evidence.skill)}**"
        line += f": the posting says {asked}" if asked else ": the posting asks for it"
        yield line + (f"; your résumé says {shown}." if shown else "; your résumé names it.")
    if not matched:
        yield "No skill of the posting was found on the résumé: lead with results that carry over."


def _gaps(missing: Sequence[SkillEvidence]) -> Iterator[str]:
    for evidence in missing[:_MOST_EACH]:
        asked = _quote(evidence.posting_quote)
        said = f" ({asked})" if asked else ""
        yield (
            f"**{_quiet(evidence.skill)}**{said}: your résumé does not show it. "
            "If you have it, add the line; if not, say so and name the nearest thing you have done."
        )
    if not missing:
        yield "The résumé shows every skill that was recognised in the posting."


def _questions(brief: Brief, missing: Sequence[SkillEvidence]) -> Iterator[str]:
    for deed in _telling(brief.deeds, brief.wanted):
        place = f" at {_quiet(deed.place)}" if deed.place else ""
        yield f"You say {_quote(deed.clause)}{place}. What was your own part, and how was the result measured?"
    for phrase in duties(brief.description)[:3]:
        yield f"The work includes {_quote(phrase)}. How would you go about it in your first month?"
    for evidence in missing[:2]:
        yield f"{_quiet(evidence.skill)} is not on your résumé. How would you learn it, and how fast?"
    if brief.employer:
        verb = "leave" if brief.current else "move on from"
        yield f"Why do you want to {verb} {_quiet(brief.employer)}, and why now?"
    yield f"Why {_quiet(brief.company) if brief.company else 'this employer'}, and why this role?"


def _telling(deeds: Iterable[Deed], wanted: Sequence[str]) -> list[Deed]:
    """The deeds an interviewer would pick: those with wanted skills and numbers first."""
    ranked = sorted(deeds, key=lambda deed: (-len(deed.skills & set(wanted)), -deed.weight, deed.clause))
    return ranked[:3]


def _research(brief: Brief) -> Iterator[str]:
    company = _quiet(brief.company) if brief.company else "the employer (the posting does not name it)"
    yield f"What {company} does, for whom, how large it is, and what it has announced lately."
    yield "Who would be your lead and your colleagues, and why the position is open."
    for term, pattern in _TERMS.items():
        if re.search(pattern, brief.description, re.IGNORECASE):
            yield f"The posting mentions {term}: find out what exactly is meant before the interview."
    if brief.missing:
        yield f"The basics of {', '.join(map(_quiet, brief.missing[:3]))}: enough to ask good questions."
