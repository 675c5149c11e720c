"""What can be wrong with a request, in the words of the domain.

A message says what was expected, what was found and which object it was; every face shows the same sentence.
A face has one table from `code` to its own language (HTTP status, GraphQL `extensions.code`, exit status).
"""

from typing import Any, ClassVar


class DomainError(Exception):
    """Something the caller can be told. `details` is JSON, or None when there is nothing to add."""

    code: ClassVar[str] = "INTERNAL_ERROR"
    default: ClassVar[str] = "Internal server error"

    def __init__(self, message: str | None = None, details: dict[str, Any] | None = None) -> None:
        self.message = message or self.default
        self.details = details or None
        super().__init__(self.message)

    def __reduce__(self) -> tuple[type["DomainError"], tuple[str, dict[str, Any] | None]]:
        """Errors cross process borders (the CPU pool), so they must survive pickling."""
        return type(self), (self.message, self.details)


class NotFoundError(DomainError):
    code = "NOT_FOUND"
    default = "Resource not found"


class AlreadyExistsError(DomainError):
    code = "ALREADY_EXISTS"
    default = "Resource already exists"


class ValidationError(DomainError):
    code = "VALIDATION_ERROR"
    default = "Validation error"


class BadRequestError(DomainError):
    code = "BAD_REQUEST"
    default = "Bad request"


class AuthenticationError(DomainError):
    code = "AUTHENTICATION_ERROR"
    default = "Authentication failed"


class AuthorizationError(DomainError):
    code = "AUTHORIZATION_ERROR"
    default = "Insufficient permissions"


class RateLimitError(DomainError):
    """`details["retry_after"]`: whole seconds until a further attempt makes sense."""

    code = "RATE_LIMIT_EXCEEDED"
    default = "Rate limit exceeded"


class ExternalServiceError(DomainError):
    code = "EXTERNAL_SERVICE_ERROR"
    default = "External service unavailable"
