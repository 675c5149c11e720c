"""Printing a job's cover letter: contact block, file name and file (contract.md section 10)."""

from uuid import UUID, uuid4

from domain.clock import utc_now
from domain.job_profile_service import JobProfileService
from domain.job_profiles import JobProfileRow
from domain.job_service import JobService
from domain.jobs import JobRow
from domain.letter_pages import LetterPage, letter_file_name
from domain.ports import Ports
from domain.scopes import Scope
from domain.users import UserRow, UserService


async def print_letter(scope: Scope, job_id: UUID) -> JobRow:
    """The PDF of the stored letter, with the contact block of the default profile."""
    async with scope.read(JobService) as jobs:
        row = await jobs.get(job_id)
        text = await jobs.letter_text(job_id)
        user = await UserService.of(jobs).get_by_id(scope.viewer.id)
        profile = await JobProfileService.of(jobs).get_default()
    path = await store_letter(scope.ports, user, profile, row.company, text)
    async with scope.write(JobService) as jobs:
        changed = await jobs.set_letter_file(job_id, path)
    if row.cover_letter_file_path:
        await scope.ports.files.delete(row.cover_letter_file_path)
    return changed


async def store_letter(ports: Ports, user: UserRow, profile: JobProfileRow | None, company: str, text: str) -> str:
    """Print and keep the letter; answers its path."""
    page = letter_page(user, profile, company, text)
    path = f"cover_letters/{user.id}/{uuid4().hex[:8]}_{letter_file_name(page.name, company)}"
    await ports.files.put(path, await ports.letters.print(page))
    return path


def letter_page(user: UserRow, profile: JobProfileRow | None, company: str, text: str) -> LetterPage:
    return LetterPage(
        name=(profile and profile.contact_full_name) or user.full_name or _name_from(user.email),
        body=text,
        written_on=utc_now().date(),
        company=company,
        phone=profile.contact_phone if profile else None,
        email=(profile and profile.contact_email) or user.email,
        location=profile.contact_location if profile else None,
        website=profile.contact_website if profile else None,
    )


def _name_from(email: str) -> str:
    return email.rpartition("@")[0].replace("_", " ").replace(".", " ").title()
