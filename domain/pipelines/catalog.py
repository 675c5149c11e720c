"""Every pipeline by its name."""

from typing import Any

from domain.pipelines.echo import ECHO
from domain.pipelines.engine import Pipeline
from domain.pipelines.job_prep import JOB_PREP
from domain.pipelines.job_rescore import JOB_RESCORE
from domain.pipelines.job_search import JOB_SEARCH

PIPELINES: dict[str, Pipeline[Any]] = {
    pipeline.name: pipeline for pipeline in (ECHO, JOB_SEARCH, JOB_PREP, JOB_RESCORE)
}
