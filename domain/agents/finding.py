"""Finding jobs by words, each of which has to be somewhere in the job."""

from sqlalchemy import and_, or_

from domain.job_service import JobService
from domain.jobs import COLUMNS, Job, JobRow
from domain.postings import Posting
from domain.work import Service

WORDS_AT_MOST = 8


class JobFinder(Service):
    async def find(self, words: str, limit: int) -> list[JobRow]:
        """Best score first; a job without a score comes last."""
        columns = (Job.title, Job.company, Job.location, Posting.description)
        wanted = [
            or_(*(column.ilike(f"%{_literal(word)}%", escape="\\") for column in columns))
            for word in words.split()[:WORDS_AT_MOST]
        ]
        found = JobService.of(self).visible(*COLUMNS).join(Posting, Posting.id == Job.posting_id)
        best = found.where(and_(True, *wanted)).order_by(Job.relevance_score.is_(None), Job.relevance_score.desc())
        rows = await self.session.execute(best.order_by(Job.id).limit(limit))
        return [JobRow(*row) for row in rows]


def _literal(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
