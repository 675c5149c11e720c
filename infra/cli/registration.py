"""What an operator may register: short passwords too, as the documented commands use them."""

from typing import Annotated

from pydantic import Field

from domain.users import Registration


class AnyPassword(Registration):
    password: Annotated[str, Field(min_length=1, max_length=128)]
