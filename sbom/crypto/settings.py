"""Values of configuration keys that a repository's properties, YAML, JSON and INI files set."""

import json
import re
from collections.abc import Iterable
from typing import Any

import yaml

_CONFIGURATION = re.compile(r".+\.(?:properties|ya?ml|json|conf|ini|env)")
_CONFIGURATION_BYTES = 512 * 1024
_LINE = re.compile(r"^[ \t]*([\w.\-]+)[ \t]*[=:][ \t]*(.*?)[ \t]*$", re.MULTILINE)


class Settings:
    """Values of the configuration keys that any file asks for."""

    def __init__(self) -> None:
        self.keys: set[str] = set()
        self._values: dict[str, list[str]] = {}

    def values(self, key: str) -> Iterable[str]:
        """What the repository's files set the key to; noted as asked for."""
        self.keys.add(key)
        return self._values.get(key, ())

    def read(self, name: str, content: bytes) -> None:
        """Take the values from a configuration file; one that is not in its form is passed over."""
        if not self.keys or len(content) > _CONFIGURATION_BYTES or not is_configuration(name):
            return
        text = content.decode("utf-8", "replace")
        if not any(key.rpartition(".")[2] in text for key in self.keys):
            return
        try:
            if name.endswith((".yml", ".yaml")):
                for document in yaml.load_all(text, yaml.CSafeLoader):
                    self._keep(document, "")
            elif name.endswith(".json"):
                self._keep(json.loads(text), "")
            else:
                for key, value in _LINE.findall(text):
                    self._keep(value.strip("\"'"), key)
        except (yaml.YAMLError, ValueError, RecursionError):
            return

    def _keep(self, value: Any, key: str, depth: int = 20) -> None:
        if isinstance(value, dict) and depth:
            for name, inner in value.items():
                self._keep(inner, f"{key}.{name}" if key else str(name), depth - 1)
        elif key in self.keys and isinstance(value, str | int) and not isinstance(value, bool):
            self._values.setdefault(key, []).append(str(value))


def is_configuration(file_name: str) -> bool:
    """Whether settings are looked for in files of this name."""
    return _CONFIGURATION.fullmatch(file_name.lower()) is not None
