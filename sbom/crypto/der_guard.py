"""Reading DER that is not trusted: whatever goes wrong means that it is not of the form asked for."""

import warnings
from collections.abc import Callable
from typing import TypeVar

from sbom.lockfiles.reading import Malformed

MOST_DER_BYTES = 256 * 1024
"""Size of one certificate or key; a certificate takes some 2 KiB, a post-quantum one 20 KiB."""

_Facts = TypeVar("_Facts")


def guarded(read: Callable[[bytes], _Facts], der: bytes, what: str) -> _Facts:
    """asn1crypto raises whatever its Python raises: on hostile input any exception means *not this form*."""
    if len(der) > MOST_DER_BYTES:
        raise Malformed(f"not {what}: {len(der)} bytes, over {MOST_DER_BYTES}")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return read(der)
    except Malformed:
        raise
    except Exception as error:
        # the message may quote the input, which may be a key
        raise Malformed(f"not {what}: {type(error).__name__}") from None
