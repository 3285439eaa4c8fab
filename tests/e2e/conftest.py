"""An empty PostgreSQL database for a process that makes its own tables."""

from tests.faults.conftest import empty_postgres

__all__ = ["empty_postgres"]
