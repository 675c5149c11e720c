"""Prints cover letters in the CPU pool."""

from domain.letter_pages import LetterPage
from domain.ports import Cpu


class PdfLetters:
    def __init__(self, cpu: Cpu) -> None:
        self._cpu = cpu

    async def print(self, page: LetterPage) -> bytes:
        from infra.letter_pdf import letter_pdf

        return await self._cpu.run(letter_pdf, page)
