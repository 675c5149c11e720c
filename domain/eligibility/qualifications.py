"""Degrees, years of practice, and languages."""

import re

from domain.eligibility.model import ELIGIBLE, INELIGIBLE, UNCERTAIN, Finding, Person, Sentence, Standing
from domain.eligibility.wording import is_demanded, is_not_needed, is_preferred
from domain.facts.words import key, language_names
from domain.fit.seniority import stated_years
from domain.fit.words import stem
from domain.phrases import tokenize, words
from domain.skills import catalogue, find_skills

_DEGREES = (
    (3, re.compile(r"\bph\.?\s?d\b|\bdoctora(?:te|l)\b|\bdr\. ?rer|\bpromotion in\b", re.IGNORECASE)),
    (
        2,
        re.compile(
            r"\bmaster(?:'?s)?\b(?! data| class| schedule| plan)|\bM\.?Sc\b|\bM\.?Eng\b|(?-i:\bMBA\b|\bMA\b"
            r"|\bDiplom\b)",
            re.IGNORECASE,
        ),
    ),
    (
        1,
        re.compile(
            r"\bbachelor(?:'?s)?\b|\bB\.?Sc\b|\bB\.?Eng\b|(?-i:\bB\.?A\b)(?= in| \()|\bundergraduate degree\b",
            re.IGNORECASE,
        ),
    ),
)
_SOME_DEGREE = re.compile(
    r"\b(?:university|college|academic|technical|scientific|engineering|relevant|related|your|a|no"
    r"|quantitative) degree\b"
    r"|\bdegree (?:in|from|is|or|level)\b|\bdegree required\b|\buniversity education\b|\babgeschlossenes studium\b",
    re.IGNORECASE,
)
_DEGREE_OF_SOMETHING = re.compile(
    r"\bdegrees? of\b|\b\d+[ -]?degrees?\b|\bdegree to which\b|\b(?:high|large) degree\b", re.IGNORECASE
)
_OR_EXPERIENCE = re.compile(
    r"\b(?:or|and/or)\b[^.;]{0,30}\b(?:equivalent|comparable|relevant|work|practical|professional"
    r"|similar)\b[^.;]{0,30}\bexperience\b"
    r"|\bor equivalent\b",
    re.IGNORECASE,
)
_FIELD = re.compile(
    r"\b(?:degree|bachelor(?:'?s)?|master(?:'?s)?|ph\.?d|doctorate)(?: degree)? (?:in|of) (?P<field>[^.;()]+)",
    re.IGNORECASE,
)
_ANY_FIELD = re.compile(
    r"\bany\b|\brelated\b|\brelevant\b|\bsimilar\b|\bcomparable\b|\bequivalent\b|\bother\b|\badjacent\b", re.IGNORECASE
)
_PRACTICE = re.compile(
    r"experience|background|practice|track record|professional|\bworked\b|\bworking (?:in|as|with)\b|\bas an?\b"
    r"|\bin (?:a|the)\b"
    r"|\byears? (?:in|of|with|as)\b",
    re.IGNORECASE,
)
_IN_GENERAL = re.compile(r"experience|professional practice|work history", re.IGNORECASE)
_OTHERS_YEARS = re.compile(
    r"\bour\b|\bwe(?:'ve)?\b|\bcompany\b|\bfounded\b|\bcombined\b|\bmarket\b|\bhistory\b|\bfounders?\b"
    r"|\bcustomers? trust\b|\bwarranty\b"
    r"|\bcontract\b|\blimited to\b|\bfor (?:over|more than) \w+ years we\b|\byears? old\b|\bage\b|\bteam has\b"
    r"|\bplan\b|\broadmap\b|\blicen[cs]e held\b",
    re.IGNORECASE,
)
_SPECIFIC = re.compile(
    r"experience,? (?:in|with|as|using|of|on|working|building|leading|managing|designing)\b|\byears (?:in|with|as"
    r"|of (?!(?:relevant |professional |work |working |industry |practical |proven )?experience))",
    re.IGNORECASE,
)
_ABOUT_LANGUAGE = re.compile(
    r"\bfluen|\bnative\b|\bproficien|\bspeak|\bspoken\b|\bwritten\b|\blanguages?\b|\bcommand of\b|\b[ABC][12]\b"
    r"|\bmother tongue\b"
    r"|\bskills?\b|\brequired\b|\bneeded\b|\bessential\b|\bmust\b|\bmandatory\b|\bknowledge\b|\bbilingual\b"
    r"|\bsprach|\bkenntnisse\b",
    re.IGNORECASE,
)
_TAUGHT = re.compile(r"\ballowance\b|\blessons?\b|\bcourses?\b|\bclass(?:es)?\b|\bwe teach\b|\blearn", re.IGNORECASE)
_LANGUAGE_LEVELS = (
    (
        3.0,
        re.compile(
            r"\bfluen|\bnative\b|\bC[12]\b|\bproficien|\bmother tongue\b|\bexcellent\b|\bvery good\b|\bbilingual\b"
            r"|\bperfect\b|\bbusiness[- ]|\bmutter|\bfließend|\bverhandlungssicher",
            re.IGNORECASE,
        ),
    ),
    (1.0, re.compile(r"\bbasic\b|\bA[12]\b|\bbeginner|\belementary\b|\bgrundkenntnisse\b", re.IGNORECASE)),
    (2.5, re.compile(r"\bB2\b", re.IGNORECASE)),
    (2.0, re.compile(r"\bB1\b|\bgood\b|\bconversational\b|\bintermediate\b|\bworking\b|\bgut\b", re.IGNORECASE)),
)
_UNSTATED_LEVEL = 2.5  # of somebody who lists a language without saying how well


def degree_level(text: str) -> int | None:
    """1 bachelor (or any university degree), 2 master, 3 doctorate: the least of those that a text names."""
    text = _DEGREE_OF_SOMETHING.sub(" ", text.replace("\u2019", "'"))
    named = [level for level, words in _DEGREES if words.search(text)]
    if not named:
        return 1 if _SOME_DEGREE.search(text) else None
    return min(named) if re.search(r"\bor\b|/|\bhigher\b", text, re.IGNORECASE) else max(named)


def language_level(text: str) -> float | None:
    """1 basic, 2 conversational, 2.5 for B2, 3 fluent; None where a text does not say."""
    return next((level for level, words in _LANGUAGE_LEVELS if words.search(text)), None)


def read_degree(sentence: Sentence, person: Person) -> Finding | None:
    asked = degree_level(sentence.text)
    if asked is None or is_preferred(sentence):
        return None
    if is_not_needed(sentence.text):
        return Finding(ELIGIBLE)
    if not is_demanded(sentence):
        return None
    standing = degree_standing(sentence.text, asked, person)
    if standing is INELIGIBLE and _OR_EXPERIENCE.search(sentence.text):
        standing = UNCERTAIN
    return Finding(standing, person.degree and person.degree[1])


def degree_standing(text: str, asked: int, person: Person) -> Standing:
    """Uncertain for no known degree, or one of another subject than the text asks for."""
    if person.degree is None:
        return UNCERTAIN
    if person.degree[0] < asked:
        return INELIGIBLE
    field = _FIELD.search(text.replace("\u2019", "'"))
    if field is None or _ANY_FIELD.search(field["field"]):
        return ELIGIBLE
    studied = {stem(word) for degree in person.degrees for word in tokenize(degree).keys} - {""}
    wanted = {stem(word) for word in tokenize(field["field"]).keys} - {""}
    return ELIGIBLE if studied & wanted - _SUBJECTLESS else UNCERTAIN


_SUBJECTLESS = frozenset(
    map(
        stem,
        words("degree bachelor master science arts of in or and the a field subject engineering"),
    )
)


def read_years(sentence: Sentence, person: Person) -> Finding | None:
    asked = asked_years(sentence)
    if asked is None:
        return None
    if person.years is None:
        return Finding(UNCERTAIN)
    years, words = person.years
    if years < asked:
        return Finding(INELIGIBLE, words)
    special = (
        not _IN_GENERAL.search(sentence.text)
        or _SPECIFIC.search(sentence.text)
        or any(catalogue()[found.skill].group != "General strengths" for found in find_skills(sentence.text))
    )
    return Finding(UNCERTAIN if special else ELIGIBLE, words)


def asked_years(sentence: Sentence) -> int | None:
    """The years of practice that a sentence demands of the applicant."""
    text = sentence.text
    years = stated_years(text) if "year" in text.lower() else []
    if (
        not years
        or is_preferred(sentence)
        or not is_demanded(sentence)
        or _OTHERS_YEARS.search(text)
        or not _PRACTICE.search(text)
    ):
        return None
    return max(years)


def read_language(sentence: Sentence, person: Person) -> Finding | None:
    text = sentence.text
    if not _ABOUT_LANGUAGE.search(text) or _TAUGHT.search(text) or is_preferred(sentence):
        return None
    asked = languages_in(text)
    if not asked:
        return None
    if is_not_needed(text):
        return Finding(ELIGIBLE)
    if not (is_demanded(sentence) or language_level(text)):
        return None
    needed = language_level(text) or 2.0
    findings = [_speaks(language, needed, person) for language in asked]
    if len(asked) > 1 and re.search(r"\b(?:or|oder)\b", text):
        return _one_of(findings, simple=_is_plain_choice(text))
    return next(found for standing in _GRAVEST for found in findings if found.standing is standing)


def _one_of(findings: list[Finding], *, simple: bool) -> Finding:
    """Any of the languages will do; where the sentence says more than that, only all or none of them decide."""
    standings = {found.standing for found in findings}
    if simple:
        return next(found for standing in reversed(_GRAVEST) for found in findings if found.standing is standing)
    return findings[0] if len(standings) == 1 else Finding(UNCERTAIN, findings[0].person_quote)


def _is_plain_choice(text: str) -> bool:
    """Whether nothing but commas and "or" stands between the languages, and no "and" or "plus" elsewhere."""
    bare = re.sub(r"[^\W\d_]+", lambda word: "@" if key(word[0]) in language_names() else word[0], text)
    between = bare[bare.index("@") : bare.rindex("@") + 1]
    return not re.sub(r"@|,|\bor\b|\boder\b|\s", "", between) and not re.search(r"\band\b|\bplus\b|\bother\b", bare)


_GRAVEST = (INELIGIBLE, UNCERTAIN, ELIGIBLE)


def languages_in(text: str) -> list[str]:
    """The spoken languages that a text names, by their usual names."""
    names = language_names()
    written = re.findall(r"[^\W\d_]+", text)
    return list(dict.fromkeys(names[key(word)] for word in written if word[0].isupper() and key(word) in names))


def _speaks(language: str, needed: float, person: Person) -> Finding:
    for name, level, written in person.languages:
        if name == language:
            has = level or _UNSTATED_LEVEL
            if has >= needed:
                return Finding(ELIGIBLE, written)
            return Finding(INELIGIBLE if has == 1 and needed > 1 else UNCERTAIN, written)
    if not person.languages or language == "English":  # whoever writes in English need not list it
        return Finding(UNCERTAIN)
    return Finding(INELIGIBLE, person.languages[0][2])
