"""Take from a worker process what it does not need to read a repository: the network, and writing elsewhere.

Two means of the Linux kernel, each used where it is there and the process may use it:

- Landlock (from 5.13, <https://docs.kernel.org/userspace-api/landlock.html>): files can be written below the
  given folders alone, programs started from the system's folders alone, no TCP port be used (from 6.7), and
  no process outside be signalled or reached over abstract sockets (from 6.12);
- a network namespace of its own, without any interface: no UDP, no DNS, no loopback of the host.

Both hold for all children (git) and cannot be undone. Memory is bounded by the parent, with `limit_memory`.
"""

import contextlib
import ctypes
import os
import shutil
import struct
import sys
from dataclasses import dataclass
from pathlib import Path

_SYSCALL_CREATE, _SYSCALL_ADD_RULE, _SYSCALL_RESTRICT = 444, 445, 446
_VERSION_FLAG = 1
_PATH_BENEATH = 1
_NO_NEW_PRIVILEGES = 38
_NEW_USERS, _NEW_NETWORK = 0x1000_0000, 0x4000_0000

_EXECUTE, _WRITE_FILE = 1 << 0, 1 << 1
_MAKE_DEVICES = 1 << 6 | 1 << 11
_CHANGES = sum(1 << bit for bit in range(4, 13))
"""Removing and making files, folders, sockets, pipes, links and devices."""
_REFER, _TRUNCATE, _CONTROL_DEVICE = 1 << 13, 1 << 14, 1 << 15
_SINCE = {2: _REFER, 3: _TRUNCATE, 5: _CONTROL_DEVICE}
"""Rights that a later version of Landlock has added."""
_TCP = 0b11
_SCOPES = 0b11
_PROGRAMS = (
    "/bin",
    "/sbin",
    "/lib",
    "/lib32",
    "/lib64",
    "/libexec",
    "/usr",
    "/opt",
    "/nix/store",
    "/gnu/store",
)


@dataclass(frozen=True, slots=True)
class Confinement:
    """What a worker may still do."""

    writable: tuple[Path, ...]
    """Folders below which it may write; they exist."""
    memory_bytes: int
    """What it may hold at once, each process for itself."""


def available() -> list[str]:
    """The means that this machine has, in words: `Landlock 7`, `network namespace`; empty where none."""
    found = []
    version = _landlock_version()
    if version:
        found.append(f"Landlock {version}")
    child = os.fork()
    if child == 0:  # the answer costs the process its network
        os._exit(0 if _leave_network() else 1)
    if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0:
        found.append("network namespace")
    return found


def confine(confinement: Confinement) -> None:
    """Confine this process, which has one thread, and all that it will start, as far as the kernel can."""
    if sys.platform != "linux":
        return
    _leave_network()
    with contextlib.suppress(OSError):  # an old kernel, or one that has it switched off
        _restrict_files(confinement.writable)


def limit_memory(process_id: int, confinement: Confinement) -> None:
    """Bound the memory of a worker from outside, where the system can do that."""
    if sys.platform != "linux":
        return
    from resource import RLIMIT_DATA, prlimit  # noqa: PLC0415  # only Linux limits another process

    with contextlib.suppress(OSError):  # it has ended already
        prlimit(process_id, RLIMIT_DATA, (confinement.memory_bytes, confinement.memory_bytes))


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _checked(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result


def _landlock_version() -> int:
    if sys.platform != "linux":
        return 0
    return max(0, int(_libc().syscall(_SYSCALL_CREATE, None, 0, _VERSION_FLAG)))


def _leave_network() -> bool:
    """Move into a network namespace; an ordinary user needs a user namespace for it, as the same user."""
    if sys.platform != "linux":
        return False
    libc, user, group = _libc(), os.geteuid(), os.getegid()
    if libc.unshare(_NEW_NETWORK) == 0:
        return True
    if libc.unshare(_NEW_USERS | _NEW_NETWORK) != 0:
        return False
    with contextlib.suppress(OSError):
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
    return True


def _restrict_files(writable: tuple[Path, ...]) -> None:
    version = _landlock_version()
    if not version:
        return
    libc = _libc()
    later = sum(right for since, right in _SINCE.items() if version >= since)
    handled = _EXECUTE | _WRITE_FILE | _CHANGES | later & ~_CONTROL_DEVICE
    attributes = [handled, *([_TCP] if version >= 4 else []), *([_SCOPES] if version >= 6 else [])]
    packed = struct.pack(f"={len(attributes)}Q", *attributes)
    rules = _checked(libc.syscall(_SYSCALL_CREATE, packed, len(packed), 0))
    try:
        for folder in writable:
            _allow(libc, rules, folder, handled & ~_EXECUTE & ~_MAKE_DEVICES)
        _allow(libc, rules, Path(os.devnull), _WRITE_FILE | handled & _TRUNCATE)
        for folder in _program_folders():
            _allow(libc, rules, folder, _EXECUTE)
        _checked(libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0))
        _checked(libc.syscall(_SYSCALL_RESTRICT, rules, 0))
    finally:
        os.close(rules)


def _allow(libc: ctypes.CDLL, rules: int, path: Path, rights: int) -> None:
    place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        packed = struct.pack("=Qi", rights, place)
        _checked(libc.syscall(_SYSCALL_ADD_RULE, rules, _PATH_BENEATH, packed, 0))
    finally:
        os.close(place)


def _program_folders() -> list[Path]:
    """Where git, its helpers and their libraries lie; what a repository holds is no program."""
    git = shutil.which("git")
    candidates = [*map(Path, _PROGRAMS), *([Path(git).resolve().parent] if git else [])]
    return [folder for folder in candidates if folder.is_dir()]
