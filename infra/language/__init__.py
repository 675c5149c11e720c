"""Language models: the embedded engine, or whatever speaks OpenAI's API."""

from domain.language import LanguageModel
from infra.language.embedded import EmbeddedEngine
from infra.settings import Settings


def open_language(settings: Settings) -> LanguageModel:
    """The model that the settings name; the embedded engine where they name none."""
    if not (settings.OPENAI_API_KEY or settings.OPENAI_BASE_URL):
        return EmbeddedEngine()
    from infra.language.openai import OpenAIModel

    return OpenAIModel(settings)
