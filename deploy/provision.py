"""Prepares a Postgres server for CoderAI: the database, and for each service a schema and roles that see nothing else.

For a managed Postgres: python -m coderai.deploy.provision --print-sql > provision.sql
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from coderai.deploy.secret_files import kept_passwords

if TYPE_CHECKING:
    from coderai.deploy.embedded import EmbeddedPostgres

DATABASE = "coderai"
SERVICES = ("projects", "ingest", "extractor", "copilot", "export", "gateway")

_HEAD = """\
-- Prepares a Postgres server (16 or newer) for CoderAI; may run again at any time. Run it by psql 15 or newer, as a
-- superuser or as a role with CREATEROLE and CREATEDB:
--
--   psql "postgresql://admin@host/postgres" -f provision.sql
--
-- The environment (or -v in lower case) holds a password for each login role:
{passwords}
\\set ON_ERROR_STOP on
SELECT 'CREATE DATABASE {database} TEMPLATE template0 ENCODING ''UTF8'''
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '{database}') \\gexec
\\connect {database}
BEGIN;
DO $$ BEGIN PERFORM pg_advisory_xact_lock(hashtext('provision')); END $$;
REVOKE ALL ON DATABASE {database} FROM PUBLIC;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
-- Every server has these two, and lets everybody in. Other databases may be somebody's: a warning names them below.
SELECT format('REVOKE ALL ON DATABASE %I FROM PUBLIC', datname) FROM pg_database
 WHERE datname IN ('postgres', 'template1') AND pg_has_role(datdba, 'USAGE') \\gexec
"""

# The administrator joins the owner for as long as it acts for it: on a managed Postgres it is no superuser.
_SERVICE = """
-- {service}: the owner migrates its schema; the application reads and writes the rows of its workspace, owns nothing,
-- and may act as the sweeper, which sees the rows of all workspaces in the tables that migrations grant to it.
SELECT 'CREATE ROLE ' || name FROM unnest(ARRAY['{owner}', '{application}', '{sweeper}']) AS name
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) \\gexec
ALTER ROLE {owner} LOGIN PASSWORD :'{owner}_password';
ALTER ROLE {application} LOGIN PASSWORD :'{application}_password';
ALTER ROLE {owner} IN DATABASE {database} SET search_path = {service};
ALTER ROLE {application} IN DATABASE {database} SET search_path = {service};
GRANT CONNECT ON DATABASE {database} TO {owner}, {application};
GRANT {sweeper} TO {application} WITH INHERIT FALSE, SET TRUE;
GRANT {owner} TO CURRENT_USER WITH INHERIT TRUE, SET TRUE;
CREATE SCHEMA IF NOT EXISTS {service} AUTHORIZATION {owner};
GRANT USAGE ON SCHEMA {service} TO {application}, {sweeper};
ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA {service}
 GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {application};
ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA {service} GRANT USAGE ON SEQUENCES TO {application};
REVOKE {owner} FROM CURRENT_USER;
"""

_TAIL = """
DO $$ DECLARE open_to_all name; BEGIN
  FOR open_to_all IN SELECT datname FROM pg_database, unnest(ARRAY[{roles}]) AS login
   WHERE datallowconn AND datname <> current_database() AND has_database_privilege(login, datname, 'CONNECT')
   GROUP BY datname LOOP
    RAISE WARNING 'roles of CoderAI may connect to the database %: REVOKE CONNECT ON DATABASE % FROM PUBLIC',
      open_to_all, quote_ident(open_to_all);
  END LOOP;
END $$;
DO $$ BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname IN ({roles})
             AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication)) THEN
    RAISE EXCEPTION 'a role of CoderAI may bypass row-level security or administer the server: revoke that';
  END IF;
END $$;
COMMIT;
"""


@dataclass(frozen=True, slots=True)
class ServiceRoles:
    """The names of one service's database roles."""

    service: str

    @property
    def owner(self) -> str:
        """Owns the schema and runs the migrations."""
        return f"coderai_{self.service}_owner"

    @property
    def application(self) -> str:
        """What the service's processes log in as."""
        return f"coderai_{self.service}"

    @property
    def sweeper(self) -> str:
        """What the application becomes to look across workspaces; nobody logs in as it."""
        return f"coderai_{self.service}_sweeper"


@dataclass(frozen=True, slots=True)
class ServiceDsns:
    """Where one service finds its data, as postgresql://role:password@host:port/coderai."""

    owner: str
    application: str


def provision_sql() -> str:
    """The psql script that does it; the variable <role>_password is the password of each login role.

    A variable that is not given is read from the environment, as <ROLE>_PASSWORD.
    """
    all_roles = [ServiceRoles(service) for service in SERVICES]
    logins = [role for roles in all_roles for role in (roles.owner, roles.application)]
    passwords = "\n".join(f"\\getenv {role}_password {role.upper()}_PASSWORD" for role in logins)
    head = _HEAD.format(database=DATABASE, passwords=passwords)
    parts = [
        _SERVICE.format(
            service=roles.service,
            owner=roles.owner,
            application=roles.application,
            sweeper=roles.sweeper,
            database=DATABASE,
        )
        for roles in all_roles
    ]
    names = [name for roles in all_roles for name in (roles.owner, roles.application, roles.sweeper)]
    return head + "".join(parts) + _TAIL.format(roles=", ".join(f"'{name}'" for name in names))


def provision(postgres: EmbeddedPostgres, passwords_file: Path) -> dict[str, ServiceDsns]:
    """Provisions a running embedded server; the passwords are made once and kept in `passwords_file` (mode 0600).

    Raises:
        ProcessFailed: psql refused; nothing but the empty database may have been made.
    """
    logins = [role for roles in map(ServiceRoles, SERVICES) for role in (roles.owner, roles.application)]
    passwords = kept_passwords(passwords_file, logins)
    postgres.psql(provision_sql(), {f"{role}_password": password for role, password in passwords.items()})
    dsns = {}
    for service in SERVICES:
        roles = ServiceRoles(service)
        owner, application = (
            postgres.dsn(role, passwords[role], DATABASE) for role in (roles.owner, roles.application)
        )
        dsns[service] = ServiceDsns(owner, application)
    return dsns


def main() -> None:
    """Prints the script, for whoever administers a managed Postgres."""
    parser = argparse.ArgumentParser(
        prog="python -m coderai.deploy.provision", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--print-sql", action="store_true", required=True, help="print the psql script")
    parser.parse_args()
    print(provision_sql(), end="")


if __name__ == "__main__":
    main()
