"""The OpenAPI document as one plain page: no script, no style sheet, nothing to load."""

from collections.abc import Iterator
from html import escape
from typing import Any

VERBS = ("get", "post", "put", "patch", "delete")
STYLE = """
:root { color-scheme: light dark; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
h2 { margin: 2.5rem 0 .5rem; text-transform: capitalize; }
code, .path { font-family: ui-monospace, monospace; font-size: .92em; }
details { border: 1px solid #8886; border-radius: .4rem; margin: .4rem 0; padding: 0 .8rem; }
summary { cursor: pointer; padding: .5rem 0; }
.verb { display: inline-block; width: 4.5em; font-weight: 600; }
table { border-collapse: collapse; width: 100%; margin: .3rem 0 .8rem; }
td { border-top: 1px solid #8884; padding: .25rem .6rem .25rem 0; vertical-align: top; }
.note { opacity: .75; }
"""


def render(document: dict[str, Any], address: str) -> str:
    """`address` is where the document itself is found."""
    info = document["info"]
    return "\n".join(
        [
            f"<!doctype html><html lang=en><meta charset=utf-8><title>{escape(info['title'])} · REST v1</title>",
            f"<meta name=viewport content='width=device-width, initial-scale=1'><style>{STYLE}</style>",
            f"<h1>{escape(info['title'])} {escape(info['version'])}</h1>",
            f"<p>{escape(info['description'])} Made from <a href='{escape(address)}'>the OpenAPI document</a>.</p>",
            *_operations(document),
            "<h2 id=models>Models</h2>",
            *(_model(name, schema) for name, schema in document["components"]["schemas"].items()),
            "</html>",
        ]
    )


def _operations(document: dict[str, Any]) -> Iterator[str]:
    by_tag: dict[str, list[str]] = {}
    for path, verbs in document["paths"].items():
        for verb, operation in sorted(verbs.items(), key=lambda pair: VERBS.index(pair[0])):
            by_tag.setdefault(operation["tags"][0], []).append(_operation(verb, path, operation))
    for tag, operations in by_tag.items():
        yield f"<h2>{escape(tag)}</h2>"
        yield from operations


def _operation(verb: str, path: str, operation: dict[str, Any]) -> str:
    rows = [
        _row(f"{parameter['name']} <span class=note>({parameter['in']})</span>", _kind(parameter["schema"]))
        for parameter in operation.get("parameters", [])
    ]
    for media, content in operation.get("requestBody", {}).get("content", {}).items():
        rows.append(_row(f"body <span class=note>({media})</span>", _kind(content["schema"])))
    for status, response in operation["responses"].items():
        kinds = [_kind(content["schema"]) for content in response.get("content", {}).values()]
        rows.append(_row(status, " ".join([escape(response["description"]), *kinds])))
    access = "needs a sign-in" if operation["security"] else "public"
    text = escape(operation.get("description", ""))
    return (
        f"<details id='{escape(operation['operationId'])}'><summary><span class=verb>{verb.upper()}</span>"
        f"<span class=path>{escape(path)}</span> · {escape(operation['summary'])}</summary>"
        f"<p class=note>{access}. {text}</p><table>{''.join(rows)}</table></details>"
    )


def _model(name: str, schema: dict[str, Any]) -> str:
    required = schema.get("required", [])
    rows = [
        _row(field + ("" if field in required else " <span class=note>(may be left out)</span>"), _kind(inner))
        for field, inner in schema.get("properties", {}).items()
    ]
    shape = f"<table>{''.join(rows)}</table>" if rows else f"<p>{_kind(schema)}</p>"
    text = escape(schema.get("description", ""))
    return f"<details id='model-{escape(name)}'><summary><code>{escape(name)}</code> {text}</summary>{shape}</details>"


def _row(left: str, right: str) -> str:
    return f"<tr><td><code>{left}</code><td>{right}"


def _kind(schema: dict[str, Any]) -> str:
    """A schema in a few words, models as links."""
    if "$ref" in schema:
        name = escape(schema["$ref"].rsplit("/", 1)[-1])
        return f"<a href='#model-{name}'>{name}</a>"
    if "anyOf" in schema:
        kind = " or ".join(_kind(inner) for inner in schema["anyOf"])
    elif schema.get("type") == "array":
        kind = f"list of {_kind(schema.get('items', {}))}"
    elif "enum" in schema or "const" in schema:
        kind = " | ".join(f"<code>{escape(str(value))}</code>" for value in schema.get("enum", [schema.get("const")]))
    else:
        kind = escape(schema.get("format") or schema.get("type") or "anything")
    limits = {
        "minLength": "at least {} long", "maxLength": "at most {} long", "minimum": "from {}", "maximum": "to {}",
        "maxItems": "at most {} of them", "minItems": "at least {} of them", "default": "{} unless given",
    }  # fmt: skip
    notes = [words.format(escape(str(schema[key]))) for key, words in limits.items() if key in schema]
    notes += [escape(schema["description"])] if "description" in schema else []
    return f"{kind} <span class=note>{'; '.join(notes)}</span>" if notes else kind
