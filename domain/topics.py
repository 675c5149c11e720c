"""Names of what can be listened to on the bus."""

from uuid import UUID


def user_topic(user_id: UUID) -> str:
    """Where a person's own events are told."""
    return f"user:{user_id}"


def run_topic(run_id: UUID) -> str:
    """Where followers of a run are woken."""
    return f"run:{run_id}"


def chat_topic(conversation_id: UUID) -> str:
    """Where followers of a conversation are woken and hear text as it is said."""
    return f"chat:{conversation_id}"


STOPS = "turns:stop"
"""Where whoever works on turns hears which one is to stop: `{"turn_id": …}`."""
