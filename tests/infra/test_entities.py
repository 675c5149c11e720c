"""What the tables promise."""

from sqlalchemy import PrimaryKeyConstraint, Table, UniqueConstraint

from infra.entities import METADATA


def leading_columns(table: Table) -> set[str]:
    keys = [c for c in table.constraints if isinstance(c, UniqueConstraint | PrimaryKeyConstraint)]
    return {next(iter(one.columns)).name for one in (*keys, *table.indexes) if len(one.columns)}


def test_every_foreign_key_has_an_index_so_that_deleting_its_target_scans_no_table() -> None:
    slow = [
        f"{table.name}.{key.parent.name}"
        for table in METADATA.sorted_tables
        for key in table.foreign_keys
        if key.parent.name not in leading_columns(table)
    ]
    assert slow == []
