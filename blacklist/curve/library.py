"""Which libsodium does the arithmetic: the system's, or the one inside the wheel ``rbcl``.

It is loaded at first use. ``rbcl`` writes a copy of the library into the temporary folder at each import;
the copy is removed as soon as it is mapped.
"""

import ctypes
import ctypes.util
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, Final

from ledger.errors import ConfigurationError

_OLDEST: Final = (10, 3)
"""Interface of libsodium 1.0.18, the first release with ristretto255."""
_SIZES: Final = {
    "crypto_core_ristretto255_bytes": 32,
    "crypto_core_ristretto255_scalarbytes": 32,
    "crypto_core_ristretto255_hashbytes": 64,
    "crypto_core_ristretto255_nonreducedscalarbytes": 64,
}
_P: Final = ctypes.c_void_p
_N: Final = ctypes.c_ulonglong
_ARGUMENTS: Final[dict[str, list[Any]]] = {
    "crypto_core_ristretto255_is_valid_point": [_P],
    "crypto_core_ristretto255_from_hash": [_P, _P],
    "crypto_core_ristretto255_add": [_P, _P, _P],
    "crypto_scalarmult_ristretto255": [_P, _P, _P],
    "crypto_scalarmult_ristretto255_base": [_P, _P],
    "crypto_core_ristretto255_scalar_reduce": [_P, _P],
    "crypto_core_ristretto255_scalar_negate": [_P, _P],
    "crypto_core_ristretto255_scalar_invert": [_P, _P],
    "crypto_core_ristretto255_scalar_add": [_P, _P, _P],
    "crypto_core_ristretto255_scalar_sub": [_P, _P, _P],
    "crypto_core_ristretto255_scalar_mul": [_P, _P, _P],
    "crypto_hash_sha512": [_P, _P, _N],
    "crypto_auth_hmacsha512": [_P, _P, _N, _P],
    "crypto_aead_xchacha20poly1305_ietf_encrypt": [_P, _P, _P, _N, _P, _N, _P, _P, _P],
    "crypto_aead_xchacha20poly1305_ietf_decrypt": [_P, _P, _P, _P, _N, _P, _N, _P, _P],
    "crypto_box_seal": [_P, _P, _N, _P],
    "crypto_box_seal_open": [_P, _P, _N, _P, _P],
    "crypto_scalarmult_base": [_P, _P],
    "randombytes_buf": [_P, ctypes.c_size_t],
    "sodium_malloc": [ctypes.c_size_t],
    "sodium_free": [_P],
    "sodium_memzero": [_P, ctypes.c_size_t],
    "sodium_memcmp": [_P, _P, ctypes.c_size_t],
}
_RESULTS: Final[dict[str, Any]] = {
    "sodium_malloc": ctypes.c_void_p,
    "sodium_free": None,
    "sodium_version_string": ctypes.c_char_p,
}


@cache
def sodium() -> ctypes.CDLL:
    """Return the library, loaded and initialised; the same object for all threads.

    Raises:
        ConfigurationError: there is none, or only one without ristretto255 (older than 1.0.18).
    """
    for load in (_from_the_system, _from_the_wheel):
        found = load()
        if found is not None:
            return found
    raise ConfigurationError("libsodium-missing")


def origin() -> str:
    """Return where the library came from and its version, for diagnosis."""
    library = sodium()
    return f"{library._name} {library.sodium_version_string().decode()}"  # noqa: SLF001 - ctypes' only name


def _from_the_system() -> ctypes.CDLL | None:
    name = ctypes.util.find_library("sodium")
    if name is None:
        return None
    try:
        return _initialised(ctypes.CDLL(name))
    except OSError:
        return None


def _from_the_wheel() -> ctypes.CDLL | None:
    try:
        from rbcl import _sodium  # noqa: PLC0415 - it writes a file when imported
    except ImportError:
        return None
    library: ctypes.CDLL = _sodium
    with suppress(OSError):
        Path(library._name).unlink(missing_ok=True)  # noqa: SLF001 - ctypes' only name
    return _initialised(library)


def _initialised(library: ctypes.CDLL) -> ctypes.CDLL | None:
    version = (library.sodium_library_version_major(), library.sodium_library_version_minor())
    if version < _OLDEST or library.sodium_init() < 0:
        return None
    if any(getattr(library, name)() != size for name, size in _SIZES.items()):
        return None
    for name, arguments in _ARGUMENTS.items():
        getattr(library, name).argtypes = arguments
    for name, result in _RESULTS.items():
        getattr(library, name).restype = result
    return library
