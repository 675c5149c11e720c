"""A real conversation with the embedded engine, as Markdown: python -m bench.agents.transcript

A server's runtime is opened in a temporary folder, with the sample board, a sample résumé and a search that was run.
"""

import asyncio
import os
import tempfile
from pathlib import Path
from uuid import UUID

from bench.servers import RESUME
from domain.job_profiles import JobProfileDraft
from domain.proposals import ProposalStatus
from domain.resumes import ResumeLabel
from domain.scopes import Scope
from domain.turns import ChatEventKind, MessageToSend
from domain.uploads import Upload
from domain.users import Registration, UserService
from domain.viewers import Viewer
from infra.migrate import migrate
from infra.runtime import open_runtime
from infra.settings import read_settings
from resolvers.conversations import chat, confirm_proposal, proposals, send_message
from resolvers.job_profiles import create_job_profile
from resolvers.resumes import upload_resume
from resolvers.runs import execute_pipeline, run_progress

SAID = (
    "hello",
    "stats",
    "show jobs above 8",
    "show 1",
    "compare 1 and 2",
    "/search python remote",
    "move 1 to reviewed",
    "(confirm)",
    "prep 1 in a warm tone",
    "what will the weather be like?",
)


async def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        settings = read_settings({}, DATA_DIR=Path(folder), ENVIRONMENT="test")
        async with open_runtime(settings, works=True, sweeps=True, prepare=migrate) as runtime:
            async with Scope(Viewer(), runtime.ports).write(UserService) as users:
                user = await users.register(Registration(email="ada@example.com", password="correct horse"), None)
            await talk(Scope(Viewer(user_id=user.id), runtime.ports))


async def talk(scope: Scope) -> None:
    file = Upload("cv.txt", "text/plain", RESUME.read_bytes())
    resume = await upload_resume(scope, file, ResumeLabel(name="CV"))
    await create_job_profile(scope, JobProfileDraft(resume_id=resume.id))
    run = await execute_pipeline(scope, "job_search", {})
    async for _ in run_progress(scope, run.id):
        pass
    conversation_id: UUID | None = None
    for text in SAID:
        if text == "(confirm)" and conversation_id is not None:
            (waiting,) = [p for p in await proposals(scope, conversation_id) if p.status is ProposalStatus.PENDING]
            done = await confirm_proposal(scope, waiting.id, waiting.payload_hash)
            print(f"*(The person confirms the proposal: {done.status}.)*\n")
            continue
        conversation_id = await say(scope, text, conversation_id)


async def say(scope: Scope, text: str, conversation_id: UUID | None) -> UUID:
    message = MessageToSend(text=text, conversation_id=conversation_id, area="jobs")
    sent = await send_message(scope, message)
    print(f"**You:** {text}\n")
    async for event in chat(scope, sent.conversation_id, sent.first_seq):
        if event.kind is ChatEventKind.TOOL_CALL:
            print(f"*`{event.tool_name}` {event.arguments}*\n")
        if event.kind.ends_turn:
            print("**Agent:** " + (event.text or "") + "\n")
            break
    return sent.conversation_id


if __name__ == "__main__":
    os.environ.setdefault("PYTHONWARNINGS", "ignore")
    asyncio.run(main())
