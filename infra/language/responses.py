"""Questions and answers as OpenAI's Responses (https://platform.openai.com/docs/api-reference/responses)."""

from collections.abc import AsyncGenerator
from typing import TYPE_CHECKING, Any

from domain.agents.fencing import fence
from domain.language import (
    Called,
    CallPiece,
    Entry,
    Failure,
    Finished,
    LanguageError,
    Piece,
    Question,
    Returned,
    Speaker,
    TextPiece,
)

if TYPE_CHECKING:
    from openai import AsyncOpenAI


async def stream_response(
    client: "AsyncOpenAI", model: str, question: Question, temperature: float
) -> AsyncGenerator[Piece]:
    """The pieces of one answer. Without an ending event there is no `Finished`: the stream was cut off."""
    request = _request(model, question, temperature)
    stream = await client.responses.create(model=model, stream=True, extra_body=request)
    refused = called = False
    async with stream:
        async for event in stream:
            if event.type == "response.output_text.delta":
                yield TextPiece(event.delta)
            elif event.type == "response.refusal.delta":
                refused = True
                yield TextPiece(event.delta)
            elif event.type == "response.output_item.added" and event.item.type == "function_call":
                called = True
                yield CallPiece(event.output_index, event.item.call_id, event.item.name, "")
            elif event.type == "response.function_call_arguments.delta":
                yield CallPiece(event.output_index, "", "", event.delta)
            elif event.type in {"response.completed", "response.incomplete"}:
                yield _finished(event, refused=refused, called=called)
            elif event.type in {"response.failed", "error"}:
                message = "the model's server reported an error in the middle of its answer"
                raise LanguageError(Failure.UNAVAILABLE, message)


def _finished(event: Any, *, refused: bool, called: bool) -> Finished:
    usage = event.response.usage
    counted = (None, None) if usage is None else (usage.input_tokens, usage.output_tokens)
    details = event.response.incomplete_details
    if refused or (details is not None and details.reason == "content_filter"):
        return Finished("refusal", *counted)
    if event.type == "response.incomplete":
        return Finished("length", *counted)
    return Finished("tools" if called else "stop", *counted)


def _request(model: str, question: Question, temperature: float) -> dict[str, Any]:
    """The body; it goes as `extra_body`, for the client walks typed arguments key by key (7 ms for 18 tools)."""
    request: dict[str, Any] = {
        "model": model,
        "instructions": question.instructions,
        "input": [item for entry in question.entries for item in _items(entry)],
        "max_output_tokens": question.max_output_tokens,
        "store": False,
    }
    if not model.startswith(("o1", "o3", "o4", "gpt-5")):  # reasoning models refuse a temperature
        request["temperature"] = temperature
    if question.tools:
        request["tools"] = [
            {
                "type": "function",
                "name": tool.name,
                "description": tool.description,
                "parameters": tool.parameters,
                "strict": False,
            }
            for tool in question.tools
        ]
    if question.answer_schema is not None:
        wanted = {"type": "json_schema", "name": question.purpose, "schema": question.answer_schema, "strict": False}
        request["text"] = {"format": wanted}
    return request


def _items(entry: Entry) -> list[dict[str, Any]]:
    if isinstance(entry, Returned):
        content = fence(entry.content, entry.tool_name) if entry.untrusted else entry.content
        return [{"type": "function_call_output", "call_id": entry.call_id, "output": content}]
    if isinstance(entry, Called):
        said = [{"role": Speaker.ASSISTANT.value, "content": entry.text}] if entry.text else []
        calls = [
            {"type": "function_call", "call_id": call.id, "name": call.name, "arguments": call.arguments or "{}"}
            for call in entry.calls
        ]
        return [*said, *calls]
    return [{"role": entry.speaker.value, "content": entry.text}]
