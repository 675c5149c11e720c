"""The document cache: a text is parsed, limited and validated once."""

from collections import OrderedDict
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    OperationType,
    parse,
    specified_rules,
    validate,
)
from graphql.validation import recommended_rules

from domain.errors import BadRequestError
from schema.execution.errors import PARSE_FAILED, VALIDATION_FAILED, Refusal, coded
from schema.execution.limits import Limiter, LimitError, Limits, check_size
from schema.execution.plans import Plans
from schema.execution.walk import condition_variables, page_variables

MAX_VERDICTS = 64
"""Page sizes for which a document is remembered to be within its limits."""
MAX_VALIDATION_ERRORS = 20
TOO_MANY_TOKENS = "The document is too large: at most {limit} tokens are allowed, found more."


@dataclass(slots=True)
class Document:
    """A valid document, with what is worth keeping for its next run."""

    node: DocumentNode
    operations: dict[str | None, OperationDefinitionNode]
    page_variables: tuple[str, ...]
    plans: Plans
    within_limits: set[Hashable] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of a valid document, ready to run."""

    document: Document
    definition: OperationDefinitionNode

    @property
    def name(self) -> str | None:
        return self.definition.name.value if self.definition.name else None

    @property
    def type(self) -> OperationType:
        return self.definition.operation


class Documents:
    """Valid documents by their text. The least recently used leave when there are too many."""

    def __init__(
        self,
        schema: GraphQLSchema,
        limits: Limits,
        *,
        entries: int = 500,
        characters: int = 1_000_000,
        rules: tuple[type[Any], ...] = (),
    ) -> None:
        self.schema = schema
        self.limits = limits
        self.limiter = Limiter(schema, limits)
        self.entries = entries
        self.characters = characters
        self.rules = tuple(dict.fromkeys((*specified_rules, *recommended_rules, *rules)))
        self.known: OrderedDict[str, Document] = OrderedDict()
        self.held = 0
        self.hits = 0
        self.misses = 0

    def prepare(self, text: str, name: str | None, variables: Mapping[str, Any]) -> Operation:
        """Find or make what is needed to run one operation of a text.

        Raises Refusal with every reason for which the operation is refused.
        """
        document = self.known.get(text)
        if document is None:
            self.misses += 1
            document = self.read(text)
            operation = self.choose(document, name)
            self.check_limits(document, operation, variables)
            self.check_rules(document)
            self.keep(text, document)
        else:
            self.hits += 1
            self.known.move_to_end(text)
            operation = self.choose(document, name)
            self.check_limits(document, operation, variables)
        return Operation(document, operation)

    def read(self, text: str) -> Document:
        check_size(text, self.limits)
        try:
            node = parse(text, max_tokens=self.limits.tokens)
        except GraphQLSyntaxError as error:
            if "tokens. Parsing aborted" not in error.message:
                raise Refusal(coded(error, PARSE_FAILED)) from None
            tokens = self.limits.tokens
            raise Refusal(LimitError("QUERY_TOO_MANY_TOKENS", TOO_MANY_TOKENS, tokens, tokens + 1)) from None
        operations = {
            definition.name.value if definition.name else None: definition
            for definition in node.definitions
            if isinstance(definition, OperationDefinitionNode)
        }
        return Document(node, operations, page_variables(node), Plans(condition_variables(node)))

    def choose(self, document: Document, name: str | None) -> OperationDefinitionNode:
        operations = document.operations
        if name is not None and name in operations:
            return operations[name]
        if name is None and len(operations) == 1:
            return next(iter(operations.values()))
        names = ", ".join(f"'{known}'" for known in operations if known) or "none with a name"
        wanted = "No operation is named" if name is None else f"There is no operation '{name}'"
        error = GraphQLError(f"{wanted}: expected one of the document's own, found {names}.")
        raise Refusal(coded(error, BadRequestError.code))

    def check_limits(
        self, document: Document, operation: OperationDefinitionNode, variables: Mapping[str, Any]
    ) -> None:
        verdict = (id(operation), *(page_size(variables, name) for name in document.page_variables))
        if verdict not in document.within_limits:
            self.limiter.check(document.node, operation, variables)
            if len(document.within_limits) < MAX_VERDICTS:
                document.within_limits.add(verdict)

    def check_rules(self, document: Document) -> None:
        errors = validate(self.schema, document.node, self.rules, max_errors=MAX_VALIDATION_ERRORS)
        if errors:
            raise Refusal(*(coded(error, VALIDATION_FAILED) for error in errors))

    def keep(self, text: str, document: Document) -> None:
        self.known[text] = document
        self.held += len(text)
        while len(self.known) > self.entries or self.held > self.characters:
            oldest, _ = self.known.popitem(last=False)
            self.held -= len(oldest)


def page_size(variables: Mapping[str, Any], name: str) -> int | str:
    """What a cost sees of a variable: its number, that it is absent (the default counts) or no number."""
    value = variables.get(name, "absent")
    return value if type(value) is int or value == "absent" else "no number"
