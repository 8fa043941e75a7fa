"""The system calls that a reading process needs; the kernel refuses it all others (seccomp).

A list of what is allowed, not of what is refused: calls that a kernel gets later are refused too, and so are those of
other machine types by another number. Refused calls answer ENOSYS, after which the C library tries older ones.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import suppress

from seccompy import Action, CmpOp, Filter, syscall_nr

_ALLOWED = """
    read write readv writev pread64 pwrite64 close close_range lseek open openat readlink readlinkat getcwd chdir
    stat fstat lstat newfstatat statx access faccessat faccessat2 statfs fstatfs getdents getdents64 fadvise64
    flock dup dup2 dup3 pipe pipe2 poll ppoll select pselect6 eventfd2 recvfrom getsockname getpeername getsockopt
    epoll_create1 epoll_ctl epoll_wait epoll_pwait
    mmap munmap mprotect mremap madvise brk msync mincore get_mempolicy mbind set_mempolicy
    rt_sigaction rt_sigprocmask rt_sigreturn rt_sigpending rt_sigtimedwait rt_sigsuspend sigaltstack restart_syscall
    futex set_robust_list get_robust_list set_tid_address rseq membarrier arch_prctl exit exit_group
    sched_yield sched_getaffinity sched_getparam sched_getscheduler getcpu getpriority
    sched_get_priority_max sched_get_priority_min
    clock_gettime clock_getres clock_nanosleep nanosleep gettimeofday time times alarm setitimer getitimer pause
    getpid gettid getppid getpgrp getpgid getsid getuid geteuid getgid getegid getresuid getresgid getgroups
    getrlimit setrlimit getrusage sysinfo uname getrandom umask
""".split()  # noqa: SIM905
_FOR_PROGRAMS = "fork vfork execve wait4 waitid".split()  # noqa: SIM905
_REFUSED = "socket socketpair connect bind ptrace process_vm_readv process_vm_writev setsid setpgid".split()  # noqa: SIM905
"""Those of which a refusal should read as one (EPERM)."""

_THREAD = 0x10000
_NAMESPACES = 0x7E020080
"""The CLONE_NEW flags of clone(2)."""
_LOW = 0xFFFFFFFF
"""Of a 64-bit argument what the kernel takes for a number of 32 bits, such as a process id."""
_NEGATIVE = 0x80000000
_DESCRIPTOR_CALLS = (*range(8), 36, 37, 38, 1030, 1032)
"""fcntl(2): duplicates, flags, locks and the size of a pipe; none of those by which the kernel sends a signal."""
_TERMINAL_CALLS = (0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451)
"""ioctl(2): TCGETS, TIOCGWINSZ, FIONREAD, FIONBIO, FIONCLEX, FIOCLEX."""
_PROCESS_CALLS = (15, 16, 0x53564D41)
"""prctl(2): PR_SET_NAME, PR_GET_NAME, PR_SET_VMA."""


def restrict(with_programs: bool) -> None:
    """Restricts this process and what it starts, for good.

    `with_programs`: it may start programs, and send them signals, but none to the process that started it, nor to a
    group of processes. Otherwise it has threads and nothing else.

    Raises:
        OSError: the kernel does not have seccomp, or not for this machine type.
    """
    calls = Filter(Action.ERRNO | errno.ENOSYS)
    for name in _known([*_ALLOWED, *(_FOR_PROGRAMS if with_programs else [])]):
        calls.allow(name)
    for name in _known(_REFUSED):
        calls.errno(name, errno.EPERM)
    flags = _NAMESPACES if with_programs else _NAMESPACES | _THREAD
    calls.allow("clone", args=[(0, CmpOp.MASKED_EQ, 0 if with_programs else _THREAD, flags)])
    calls.errno("clone", errno.EPERM)
    calls.allow("sendto", args={4: 0})  # without an address: on a socket that is connected
    calls.allow("prlimit64", args=[(0, CmpOp.MASKED_EQ, 0, _LOW)])  # its own
    calls.allow("sched_setaffinity", args=[(0, CmpOp.MASKED_EQ, 0, _LOW)])  # its own
    calls.errno("sched_setaffinity", errno.EPERM)
    for command in _DESCRIPTOR_CALLS:
        calls.allow("fcntl", args=[(1, CmpOp.MASKED_EQ, command, _LOW)])
    calls.errno("fcntl", errno.EPERM)
    for request in _TERMINAL_CALLS:
        calls.allow("ioctl", args=[(1, CmpOp.MASKED_EQ, request, _LOW)])
    for option in _PROCESS_CALLS:
        calls.allow("prctl", args=[(0, CmpOp.MASKED_EQ, option, _LOW)])
    calls.allow("tgkill", args=[(0, CmpOp.MASKED_EQ, os.getpid(), _LOW)])
    calls.errno("tgkill", errno.EPERM)
    if with_programs:
        calls.errno("kill", errno.EPERM, args=[(0, CmpOp.MASKED_EQ, os.getppid(), _LOW)])
        calls.errno("kill", errno.EPERM, args=[(0, CmpOp.MASKED_EQ, 0, _LOW)])
        calls.errno("kill", errno.EPERM, args=[(0, CmpOp.MASKED_EQ, _NEGATIVE, _NEGATIVE)])
        calls.allow("kill")
    calls.errno("kill", errno.EPERM)
    calls.load()


def _known(names: list[str]) -> Iterator[str]:
    """Those that this machine type has."""
    for name in names:
        with suppress(ValueError):
            syscall_nr(name)
            yield name
