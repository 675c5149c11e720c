"""Search postings by trigrams of their title, company and description.

SQLite: an FTS5 table over a view, so that no text is stored twice, kept by triggers; `search_numbers` gives postings
the lasting integers that FTS5 needs (a rowid may change in a VACUUM). A version that rebuilds `postings` in a batch
must make the triggers again. PostgreSQL: a GIN index of pg_trgm. Without the right to install that extension search
still works, by reading every text.
"""

import logging

from alembic import op
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

log = logging.getLogger("alembic.search")
NOTE = "pg_trgm cannot be installed with this login: search reads every text. An administrator can install it later."
GIN = """
CREATE INDEX search_postings ON postings
USING gin (title gin_trgm_ops, company gin_trgm_ops, description gin_trgm_ops)
"""
SQLITE = (
    "CREATE TABLE search_numbers (number INTEGER PRIMARY KEY, posting_id CHAR(32) NOT NULL UNIQUE)",
    """
    CREATE VIEW search_texts AS SELECT n.number, p.title, p.company, p.description
    FROM search_numbers AS n JOIN postings AS p ON p.id = n.posting_id
    """,
    """
    CREATE VIRTUAL TABLE search_postings USING fts5(
        title, company, description, content='search_texts', content_rowid='number', tokenize='trigram'
    )
    """,
    """
    CREATE TRIGGER search_inserted AFTER INSERT ON postings BEGIN
        INSERT INTO search_numbers (posting_id) VALUES (new.id);
        INSERT INTO search_postings (rowid, title, company, description)
        SELECT number, new.title, new.company, new.description FROM search_numbers WHERE posting_id = new.id;
    END
    """,
    """
    CREATE TRIGGER search_updated AFTER UPDATE OF title, company, description ON postings
    WHEN new.title <> old.title OR new.company <> old.company OR new.description <> old.description BEGIN
        INSERT INTO search_postings (search_postings, rowid, title, company, description)
        SELECT 'delete', number, old.title, old.company, old.description FROM search_numbers WHERE posting_id = old.id;
        INSERT INTO search_postings (rowid, title, company, description)
        SELECT number, new.title, new.company, new.description FROM search_numbers WHERE posting_id = new.id;
    END
    """,
    """
    CREATE TRIGGER search_deleted AFTER DELETE ON postings BEGIN
        INSERT INTO search_postings (search_postings, rowid, title, company, description)
        SELECT 'delete', number, old.title, old.company, old.description FROM search_numbers WHERE posting_id = old.id;
        DELETE FROM search_numbers WHERE posting_id = old.id;
    END
    """,
    "INSERT INTO search_numbers (posting_id) SELECT id FROM postings",
    "INSERT INTO search_postings (search_postings) VALUES ('rebuild')",
)
SQLITE_DOWN = (
    "DROP TRIGGER search_deleted",
    "DROP TRIGGER search_updated",
    "DROP TRIGGER search_inserted",
    "DROP TABLE search_postings",
    "DROP VIEW search_texts",
    "DROP TABLE search_numbers",
)


def upgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        for statement in SQLITE:
            op.execute(text(statement))
        return
    try:
        with connection.begin_nested():
            connection.execute(text("CREATE EXTENSION IF NOT EXISTS pg_trgm"))
            connection.execute(text(GIN))
    except DBAPIError:
        log.warning(NOTE)


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for statement in SQLITE_DOWN:
            op.execute(text(statement))
    else:
        op.execute(text("DROP INDEX IF EXISTS search_postings"))
