"""Build Python values from YAML events, within bounds.

The loader of the YAML library recurses in C while it composes nodes, so that a few hundred kilobytes of open
brackets crash the interpreter. Its event stream does not recurse, and building from it is twice as fast.
"""

from typing import Any

import yaml

from sbom.errors import LimitReached

_TAG = "tag:yaml.org,2002:"
_STRING, _COLLECTIONS = f"{_TAG}str", (f"{_TAG}map", f"{_TAG}seq")
_LONGEST_NUMBER = 100
_CONSTRUCTOR = yaml.constructor.SafeConstructor()
_SCALARS = {
    f"{_TAG}null": _CONSTRUCTOR.construct_yaml_null,
    f"{_TAG}bool": _CONSTRUCTOR.construct_yaml_bool,
    f"{_TAG}int": _CONSTRUCTOR.construct_yaml_int,
    f"{_TAG}float": _CONSTRUCTOR.construct_yaml_float,
    f"{_TAG}timestamp": _CONSTRUCTOR.construct_yaml_timestamp,
}


def build_document(text: str, max_depth: int) -> Any:
    """The value of the only document in `text`, null if there is none; plain scalars typed as YAML 1.1 does.

    Raises:
        LimitReached: nested deeper than `max_depth`, or an alias, which could stand for terabytes.
        yaml.YAMLError: not YAML, two documents, a tag beyond the core types, a key that is a collection, or
            an impossible number or date.
    """
    documents: list[Any] = []
    open_collections = [documents]
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        if isinstance(event, yaml.ScalarEvent):
            open_collections[-1].append(_scalar(event))
        elif isinstance(event, yaml.CollectionStartEvent):
            if len(open_collections) > max_depth:
                raise LimitReached(f"nested deeper than {max_depth} levels")
            if event.tag not in (None, "!", *_COLLECTIONS):
                raise _problem(event, f"the tag {event.tag} is not supported")
            open_collections.append([])
        elif isinstance(event, yaml.CollectionEndEvent):
            items = open_collections.pop()
            is_mapping = isinstance(event, yaml.MappingEndEvent)
            open_collections[-1].append(_mapping(event, items) if is_mapping else items)
        elif isinstance(event, yaml.AliasEvent):
            raise LimitReached("uses YAML aliases, which are not expanded")
        elif isinstance(event, yaml.DocumentStartEvent) and documents:
            raise _problem(event, "more than one document")
    return documents[0] if documents else None


def _mapping(event: yaml.Event, items: list[Any]) -> dict[Any, Any]:
    try:
        return dict(zip(items[::2], items[1::2], strict=True))
    except TypeError:
        raise _problem(event, "a list or mapping is used as a key") from None


def _scalar(event: yaml.ScalarEvent) -> Any:
    value: str = event.value
    tag = event.tag
    if tag is None or tag == "!":
        tag = _implicit_tag(value) if event.implicit[0] else _STRING
    if tag == _STRING:
        return value
    construct = _SCALARS.get(tag)
    if construct is None:
        raise _problem(event, f"the tag {tag} is not supported")
    try:
        return construct(yaml.ScalarNode(tag, value))
    except ValueError as error:  # an impossible date or number
        raise _problem(event, str(error)) from None


def _implicit_tag(value: str) -> str:
    if len(value) > _LONGEST_NUMBER:  # base-60 numbers of that length would take hours
        return _STRING
    for tag, pattern in yaml.SafeLoader.yaml_implicit_resolvers.get(value[:1], ()):
        if tag in _SCALARS and pattern.match(value):
            return str(tag)
    return _STRING


def _problem(event: Any, reason: str) -> yaml.MarkedYAMLError:
    return yaml.MarkedYAMLError(problem=reason, problem_mark=event.start_mark)
