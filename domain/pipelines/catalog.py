"""Every pipeline by its name."""

from typing import Any

from domain.pipelines.echo import ECHO
from domain.pipelines.engine import Pipeline

PIPELINES: dict[str, Pipeline[Any]] = {pipeline.name: pipeline for pipeline in (ECHO,)}
