"""How well a posting fits a résumé: a score with its evidence and its arithmetic, always the same for two texts."""

from domain.fit.resumes import PreparedResume, prepare_resume
from domain.fit.scores import SCORER_VERSION, Fit, SkillEvidence, rate

__all__ = ["SCORER_VERSION", "Fit", "PreparedResume", "SkillEvidence", "prepare_resume", "rate"]
