"""Gate: the parts of access put together, for the service and for the commands."""

from __future__ import annotations

from contactpoints.access.checking import Checker
from contactpoints.access.declared import Declared
from contactpoints.access.giving import Tokens
from contactpoints.access.opening import OpenToStrangersError, is_local_bind
from contactpoints.access.people import Users
from contactpoints.access.sessions import Sessions
from contactpoints.access.store import Store
from contactpoints.environment import Environment
from contactpoints.storage.access import is_empty
from contactpoints.storage.database import Database, StorageError
from contactpoints.storage.writer import Writer


class Gate:
    """Who may do what, of one database. ``declares``: what the environment says of administrators
    is stored by this process.
    """

    def __init__(
        self,
        database: Database,
        writer: Writer,
        environment: Environment,
        *,
        declares: bool = True,
    ) -> None:
        self.environment = environment
        self.store = Store(database, writer)
        self.declared = Declared(environment, self.store, stored=not declares)
        self.tokens = Tokens(self.store)
        self.users = Users(self.store, self.declared.names)
        self.sessions = Sessions(self.store, environment.session_idle, environment.session_longest)
        self.checker = Checker(
            self.store,
            self.sessions,
            may_be_open=is_local_bind(environment.bind) and not self.declared,
        )

    def settle(self) -> None:
        """Let in whom the environment names, and nobody else.

        :raises OpenToStrangersError: when nobody has been given access and others than this machine
            can ask. While the database is gone nobody is let in, so then there is nothing to say.
        """
        self.declared.settle()
        self.listen(self.environment.bind)

    def listen(self, bind: str) -> None:
        """Whoever can ask there is let in, or not. :raises OpenToStrangersError: as above."""
        if self.declared:
            return
        self.checker.may_be_open = is_local_bind(bind)
        if self.checker.may_be_open:
            return
        try:
            with self.store.reading() as connection:
                nobody = is_empty(connection)
        except StorageError:
            return
        if nobody:
            raise OpenToStrangersError(bind)
