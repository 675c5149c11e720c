"""What the web client asks before anybody signs in (contract.md section 2)."""

from resolvers import config as resolve
from schema.compat.rows import Row
from schema.compat.wire import Wire


class PublicConfigAnswer(Wire):
    registration_enabled: bool


ROWS = (Row("GET", "/config/public", resolve.public_config, PublicConfigAnswer, tag="config"),)
