"""What objects of a file hold that other files ask for by their name: `env.HASH`, `settings.ALGORITHM`."""

from collections.abc import Iterator, Set

from ast_grep_py import SgNode

from sbom.crypto.elsewhere import module_name
from sbom.crypto.objects import literal_of, property_of
from sbom.crypto.source_file import SourceFile
from sbom.crypto.syntax import call_site, find_kinds
from sbom.crypto.values import Evaluator

_PAIRS = frozenset({"array_element_initializer"})


def held_values(
    file: SourceFile, evaluator: Evaluator, owners: Set[str], names: Set[str]
) -> Iterator[tuple[str, str, list[str | int]]]:
    """Owner, name and values of what is asked for: properties of objects, fields of an instance's class."""
    found = [*_of_objects(file, owners, names)]
    if file.language.name == "php":  # an array that the file returns: config('app.cipher')
        found += _of_array(file, owners, names)
    for owner, name, nodes in found:
        yield owner, name, [value.text for node in nodes for value in evaluator.values(node)]


def _of_objects(
    file: SourceFile, owners: Set[str], names: Set[str]
) -> Iterator[tuple[str, str, list[SgNode]]]:
    for owner in owners & file.definitions.keys():
        for definition in file.definitions[owner][:2]:
            literal = literal_of(definition.value, file)
            made = call_site(definition.value)
            for name in names & file.definitions.keys():
                if literal is not None and (value := property_of(literal, (name,), file)):
                    yield owner, name, [value]
                elif literal is None and made is not None and made.path in file.own_names:
                    yield owner, name, [item.value for item in file.definitions[name][:2]]


def _of_array(file: SourceFile, owners: Set[str], names: Set[str]) -> Iterator[tuple[str, str, list[SgNode]]]:
    owner = module_name(file.path)
    for node in find_kinds(file.root, file.grammar, _PAIRS) if owner in owners else ():
        parts = [child for child in node.children() if child.is_named()]
        if len(parts) == 2 and (name := parts[0].text().strip("'\"")) in names:
            yield owner, name, parts[1:]
