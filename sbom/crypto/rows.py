"""Occurrences from drafts: one row for every algorithm that a site may be."""

from collections.abc import Iterator
from dataclasses import replace

from sbom.crypto.algorithms import Algorithm
from sbom.crypto.catalogue import full_name, resolve_algorithm
from sbom.crypto.context import context_of
from sbom.crypto.draft import Draft, completed, function_of, judged, primitive_of
from sbom.crypto.model import AssetType, Confidence, CryptoOccurrence
from sbom.crypto.source_file import SourceFile

DETECTOR = "chainatlas-crypto"
DETECTOR_VERSION = "2"
_SM2_NAMES = frozenset({"EC", "ECDSA", "ECDH"})


def rows_of(draft: Draft, file: SourceFile) -> Iterator[CryptoOccurrence]:
    """The occurrences that a draft stands for."""
    line, column = file.place(draft.place)
    for option, certain in _options(draft):
        algorithm = completed(draft, option)
        primitive = primitive_of(draft, algorithm)
        is_protocol = draft.protocol is not None and algorithm is None
        confidence = Confidence.HIGH if certain and draft.certain else Confidence.MEDIUM
        if algorithm is None and not is_protocol:
            confidence = Confidence.LOW
        yield CryptoOccurrence(
            path=file.path,
            line=line,
            column=column,
            offset=draft.place,
            language=file.language.name,
            rule=draft.rule.id,
            library=draft.rule.library,
            api=draft.api,
            asset_type=AssetType.PROTOCOL if is_protocol else AssetType.ALGORITHM,
            algorithm=full_name(algorithm) if algorithm else None,
            family=algorithm.family if algorithm else None,
            mode=(algorithm.mode if algorithm else None) or draft.mode,
            padding=(algorithm.padding if algorithm else None) or draft.padding,
            key_size=(algorithm.size if algorithm else None) or draft.key_size or draft.key_bits,
            curve=(algorithm.curve if algorithm else None) or draft.curve,
            digest=(algorithm.digest if algorithm else None) or draft.digest,
            iterations=draft.iterations,
            protocol=draft.protocol,
            protocol_version=draft.version,
            primitive=primitive,
            function=function_of(draft, primitive),
            confidence=confidence,
            context=context_of(file.path),
            findings=judged(draft, algorithm),
            parser=DETECTOR,
            parser_version=DETECTOR_VERSION,
        )


def once_a_line(rows: list[CryptoOccurrence]) -> list[CryptoOccurrence]:
    """Of settings of one protocol that several rules find on a line, the first with all that is wrong."""
    found: list[CryptoOccurrence] = []
    told: dict[tuple[str | None, int], int] = {}
    for row in sorted(rows, key=lambda row: (not row.findings, row.offset)):
        if row.asset_type is AssetType.PROTOCOL:
            place = told.setdefault((row.protocol, row.line), len(found))
            if place < len(found) and found[place].rule != row.rule:
                first = found[place]
                findings = tuple(sorted({*first.findings, *row.findings}))
                version = first.protocol_version or row.protocol_version
                found[place] = replace(first, findings=findings, protocol_version=version)
                continue
        found.append(row)
    return found


def _options(draft: Draft) -> list[tuple[Algorithm | None, bool]]:
    """The algorithms that a site may be; on the SM2 curve an EC key is one of SM2."""
    options: list[tuple[Algorithm | None, bool]] = list(draft.algorithms)
    if not options:
        return [(None, True)]
    algorithm, certain = options[0]
    if len(options) == 1 and draft.curve == "oscaa/SM2" and algorithm and algorithm.family in _SM2_NAMES:
        return [(resolve_algorithm("SM2"), certain)]
    return options
