"""What a client sees of filters, requirements and eligibility."""

from typing import Any

from domain.runs import RunRow
from domain.scopes import Scope
from schema.context import Context
from schema.schema import build_schema

SCHEMA = build_schema()


async def ask(scope: Scope, document: str, **variables: Any) -> dict[str, Any]:
    answer = await SCHEMA.execute(document, variable_values=variables, context_value=Context(scope))
    assert answer.errors is None, answer.errors
    assert answer.data is not None
    return answer.data


async def test_a_jobs_verdicts_quote_its_description(ada: Scope, searched: RunRow) -> None:
    document = """{ jobs(first: 20) { nodes { description
        fit { score unknown }
        requirements { quote start end preferred verdict resumeQuotes lacking }
        eligibility { topic standing quote start end personQuote } } } }"""
    jobs = (await ask(ada, document))["jobs"]["nodes"]
    assert jobs
    for job in jobs:
        assert len(job["eligibility"]) == 8
        for one in [*job["requirements"], *(e for e in job["eligibility"] if e["quote"] is not None)]:
            assert job["description"][one["start"] : one["end"]] == one["quote"]
        assert {one["standing"] for one in job["eligibility"] if one["quote"] is None} <= {"UNCERTAIN"}
    assert any(one["verdict"] == "MET" and one["resumeQuotes"] for job in jobs for one in job["requirements"])


async def test_a_profiles_filters_are_typed_and_replaced_whole(ada: Scope, searched: RunRow) -> None:
    profile = (await ask(ada, "{ defaultJobProfile { id filters { titleExclude payAtLeast } } }"))["defaultJobProfile"]
    assert profile["filters"] == {"titleExclude": [], "payAtLeast": None}
    change = """mutation ($id: ID!, $changes: JobProfileChangesInput!) {
        updateJobProfile(id: $id, changes: $changes) { filters { titleExclude seniorities workplaces timeZoneHours } } }"""
    sent = {"titleExclude": ["manager"], "seniorities": ["SENIOR"], "workplaces": ["REMOTE"]}
    changed = await ask(ada, change, id=profile["id"], changes={"filters": sent})
    assert changed["updateJobProfile"]["filters"] == {**sent, "timeZoneHours": 3}
    untouched = await ask(ada, change, id=profile["id"], changes={"name": "Other"})
    assert untouched["updateJobProfile"]["filters"]["titleExclude"] == ["manager"]
    cleared = await ask(ada, change, id=profile["id"], changes={"filters": None})
    assert cleared["updateJobProfile"]["filters"]["titleExclude"] == []


async def test_filters_that_mean_nothing_are_refused_with_their_path(ada: Scope, searched: RunRow) -> None:
    id = (await ask(ada, "{ defaultJobProfile { id } }"))["defaultJobProfile"]["id"]
    document = """mutation ($id: ID!) {
        updateJobProfile(id: $id, changes: {filters: {timeZone: "Mars/Olympus"}}) { id } }"""
    answer = await SCHEMA.execute(document, variable_values={"id": id}, context_value=Context(ada))
    assert answer.errors is not None
    assert "filters.timeZone: expected a time zone" in str(answer.errors[0])
