"""The file that an asset format reads, and where it writes what it finds."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from sbom.crypto.catalogue import full_name, resolve_algorithm
from sbom.crypto.der_keys import KeyFacts
from sbom.crypto.der_protection import Protection
from sbom.crypto.model import AssetType, Certificate, Confidence, Context, CryptoOccurrence, KeyMaterial
from sbom.crypto.x509 import CertificateFacts
from sbom.errors import LimitReached
from sbom.limits import Limits
from sbom.lockfiles.reading import decode_text
from sbom.model import Unknown, UnknownKind

MOST_ROWS = 20_000
"""Rows that one file may give."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class AssetFile:
    """One file to read. `path` is repository-relative; `content` is untrusted."""

    path: str
    content: bytes
    limits: Limits

    @property
    def text(self) -> str:
        return decode_text(self.content)


@dataclass(slots=True)
class Setting:
    """What a configuration says at one place; `place` counts characters from the start of the text."""

    place: int
    line: int
    column: int
    api: str
    library: str


@dataclass(slots=True)
class AssetFindings:
    """Rows of one file. Rows written before a format fails are kept."""

    path: str
    context: Context
    parser: str = ""
    parser_version: str = ""
    certificates: list[Certificate] = field(default_factory=list)
    keys: list[KeyMaterial] = field(default_factory=list)
    occurrences: list[CryptoOccurrence] = field(default_factory=list)
    unknowns: list[Unknown] = field(default_factory=list)

    def certificate(self, facts: CertificateFacts, form: str, line: int | None) -> None:
        """Record a certificate that stands in the file as `form`, its signature and its public key."""
        self._count()
        self._name(facts.signature_algorithm, "signatureAlgorithm", line, digest=facts.signature_hash)
        self._name_key(facts.key, "subjectPublicKeyInfo", line, AssetType.CERTIFICATE)
        self.certificates.append(
            Certificate(
                path=self.path,
                line=line,
                format=form,
                subject=facts.subject or "",
                issuer=facts.issuer or "",
                serial=facts.serial,
                sha256=facts.sha256,
                not_before=_epoch(facts.not_before),
                not_after=_epoch(facts.not_after),
                signature_algorithm=facts.signature_algorithm,
                signature_oid=facts.signature_oid,
                key_algorithm=facts.key.algorithm,
                key_size=facts.key.size,
                curve=facts.key.curve,
                is_ca=facts.is_ca,
                self_signed=facts.self_signed,
                key_in_repository=False,
                key_fingerprint=facts.key.public_key_sha256,
                context=self.context,
                parser=self.parser,
                parser_version=self.parser_version,
            )
        )

    def key(
        self, kind: str, form: str, line: int | None, facts: KeyFacts | None, encrypted: bool | None = None
    ) -> None:
        """Record a key, store or parameter set; `facts` are null where nothing of the key is to be seen."""
        self._count()
        if facts is not None:
            hard_coded = ("static-key",) if form == "literal" and kind != "public-key" else ()
            self._name_key(facts, kind, line, AssetType.KEY_MATERIAL, hard_coded)
        self.keys.append(
            KeyMaterial(
                path=self.path,
                line=line,
                format=form,
                kind=kind,
                algorithm=facts.algorithm if facts else None,
                key_size=facts.size if facts else None,
                curve=facts.curve if facts else None,
                encrypted=encrypted,
                fingerprint=facts.public_key_sha256 if facts else None,
                context=self.context,
                parser=self.parser,
                parser_version=self.parser_version,
            )
        )

    def _name(self, name: str, api: str, line: int | None, *, digest: str | None) -> None:
        """The signature of a certificate as an occurrence, if its algorithm is known."""
        found = resolve_algorithm(name)
        if found is not None:
            self.occurrence(
                Setting(0, line or 1, 1, api, "X.509"),
                algorithm=full_name(found),
                family=found.family,
                asset_type=AssetType.CERTIFICATE,
                padding=found.padding,
                curve=found.curve,
                digest=found.digest or digest,
                primitive="signature",
                function="sign",
            )

    def _name_key(
        self,
        key: KeyFacts,
        api: str,
        line: int | None,
        asset_type: AssetType,
        findings: tuple[str, ...] = (),
    ) -> None:
        """A key as an occurrence, if its algorithm is known."""
        found = resolve_algorithm(key.algorithm) if key.algorithm else None
        if found is not None:
            self.occurrence(
                Setting(
                    0, line or 1, 1, api, "X.509" if asset_type is AssetType.CERTIFICATE else self.parser
                ),
                algorithm=found.name,
                family=found.family,
                asset_type=asset_type,
                key_size=key.size or found.size,
                curve=key.curve or found.curve,
                primitive=found.primitive,
                findings=findings,
            )

    def occurrence(
        self,
        setting: Setting,
        *,
        algorithm: str | None = None,
        family: str | None = None,
        asset_type: AssetType = AssetType.ALGORITHM,
        mode: str | None = None,
        padding: str | None = None,
        key_size: int | None = None,
        curve: str | None = None,
        digest: str | None = None,
        iterations: int | None = None,
        protocol: str | None = None,
        protocol_version: str | None = None,
        primitive: str | None = None,
        function: str | None = None,
        confidence: Confidence = Confidence.HIGH,
        findings: tuple[str, ...] = (),
    ) -> None:
        """Record what a configuration names at one place."""
        self._count()
        self.occurrences.append(
            CryptoOccurrence(
                path=self.path,
                line=setting.line,
                column=setting.column,
                offset=setting.place,
                language="config",
                rule=f"config/{self.parser}",
                library=setting.library,
                api=setting.api,
                asset_type=asset_type,
                algorithm=algorithm,
                family=family,
                mode=mode,
                padding=padding,
                key_size=key_size,
                curve=curve,
                digest=digest,
                iterations=iterations,
                protocol=protocol,
                protocol_version=protocol_version,
                primitive=primitive,
                function=function,
                confidence=confidence,
                context=self.context,
                findings=tuple(sorted(findings)),
                parser=self.parser,
                parser_version=self.parser_version,
            )
        )

    def protected(self, protection: Protection, line: int) -> None:
        """Record the schemes that protect an encrypted key or a store."""
        setting = Setting(0, line, 1, protection.scheme, "PKCS #5")
        if protection.cipher is None:
            self.occurrence(
                setting, algorithm=protection.scheme, family="PBES1", primitive="kdf", function="encrypt",
                iterations=protection.iterations,
            )  # fmt: skip
            return
        self.occurrence(
            setting, algorithm=protection.kdf, family=protection.kdf, primitive="kdf",
            function="keyderive", iterations=protection.iterations,
        )  # fmt: skip
        cipher = resolve_algorithm(protection.cipher)
        if cipher is not None:
            self.occurrence(
                setting, algorithm=full_name(cipher), family=cipher.family, mode=cipher.mode,
                key_size=cipher.size, primitive=cipher.primitive, function="encrypt",
            )  # fmt: skip

    def place_at(self, line: int, certificates: int, keys: int, unknowns: int, occurrences: int) -> None:
        """Give the rows after these counts the line of what they were unpacked from."""
        self.certificates[certificates:] = [replace(r, line=line) for r in self.certificates[certificates:]]
        self.keys[keys:] = [replace(row, line=line) for row in self.keys[keys:]]
        self.occurrences[occurrences:] = [replace(r, line=line) for r in self.occurrences[occurrences:]]
        self.unknowns[unknowns:] = [replace(row, line=line) for row in self.unknowns[unknowns:]]

    def unknown(self, kind: UnknownKind, reason: str, line: int | None = None) -> None:
        """Record that something could not be read or resolved."""
        self.unknowns.append(Unknown(kind, reason, self.path, line, self.parser, self.parser_version))

    def _count(self) -> None:
        if len(self.certificates) + len(self.keys) + len(self.occurrences) >= MOST_ROWS:
            raise LimitReached(
                f"more than {MOST_ROWS} certificates, keys and settings; the rest was not read"
            )


def _epoch(moment: datetime | None) -> int | None:
    return None if moment is None else int((moment - _EPOCH).total_seconds())
