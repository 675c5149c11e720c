"""Who may ask which question. Every resolver says so, and no face exposes one that does not."""

import inspect
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from enum import StrEnum
from functools import wraps
from typing import Any, TypeVar, cast

from domain.errors import AuthenticationError, AuthorizationError
from domain.scopes import Scope
from domain.viewers import Viewer

F = TypeVar("F", bound=Callable[..., Any])


class Rule(StrEnum):
    ANYONE = "anyone"
    SIGNED_IN = "signed_in"
    ADMIN = "admin"
    MACHINE = "machine"


anyone, signed_in, admin, machine = Rule.ANYONE, Rule.SIGNED_IN, Rule.ADMIN, Rule.MACHINE


def access(rule: Rule) -> Callable[[F], F]:
    def guard(resolver: F) -> F:
        if inspect.isasyncgenfunction(resolver):

            @wraps(resolver)
            async def follow(scope: Scope, *args: Any, **kwargs: Any) -> AsyncGenerator[Any]:
                check(rule, scope.viewer)
                async with aclosing(resolver(scope, *args, **kwargs)) as values:
                    async for value in values:
                        yield value

            guarded: Any = follow
        else:

            @wraps(resolver)
            async def ask(scope: Scope, *args: Any, **kwargs: Any) -> Any:
                check(rule, scope.viewer)
                return await resolver(scope, *args, **kwargs)

            guarded = ask
        guarded.access_rule = rule
        return cast("F", guarded)

    return guard


def rule_of(resolver: Callable[..., Any]) -> Rule:
    """The resolver's rule; a TypeError for one that names none, so that a face cannot expose it."""
    rule = getattr(resolver, "access_rule", None)
    if not isinstance(rule, Rule):
        message = f"expected a resolver with @access(…), found {resolver.__module__}.{resolver.__name__}"
        raise TypeError(message)
    return rule


def check(rule: Rule, viewer: Viewer) -> None:
    """Raises AuthenticationError or AuthorizationError; a face may ask before it reads what was sent."""
    if rule is Rule.ANYONE:
        return
    if rule is Rule.MACHINE:
        if not viewer.is_machine:
            message = "This needs the machine key"
            raise AuthenticationError(message)
        return
    _ = viewer.id
    if rule is Rule.ADMIN and not viewer.is_admin:
        message = "Insufficient permissions: this needs the role 'admin'"
        raise AuthorizationError(message)
