"""Why an address could not be asked. `details` holds the host, the status and the seconds where known."""

from typing import ClassVar

from domain.errors import ExternalServiceError, ValidationError


class EgressError(ExternalServiceError):
    default: ClassVar[str] = "The address could not be read"


class AddressRefusedError(EgressError):
    """We do not ask this address: its scheme, port or host, or where its name leads."""

    code = ValidationError.code
    default = "The address is not allowed"


class UnreachableError(EgressError):
    """No answer: no such name, no connection, a broken or too slow one. Trying again later may help."""

    default = "The address did not answer"


class AnswerTooLargeError(EgressError):
    default = "The answer is too large"


class BrokenAnswerError(EgressError):
    """The answer came and cannot be read: broken HTTP, compression, text or JSON."""

    default = "The answer cannot be read"


class StatusError(EgressError):
    """The server keeps answering with an error. `details["status"]` is the last one."""

    default = "The server answered with an error"


class HostParkedError(EgressError):
    """The host asked not to be asked for a while. `details["retry_after"]`: whole seconds."""

    default = "The host asked to be left alone for a while"


class ForbiddenError(HostParkedError):
    """The host answered 403: it does not want us, so the rest of its questions are not asked either."""

    default = "The host refused the request"
