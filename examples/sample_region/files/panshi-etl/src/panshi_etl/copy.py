"""Copy a table from one database to another in batches."""

import sqlalchemy as sa


def copy_table(source_url: str, target_url: str, table: str, batch: int = 10_000) -> int:
    source, target = sa.create_engine(source_url), sa.create_engine(target_url)
    shape = sa.Table(table, sa.MetaData(), autoload_with=source)
    copied = 0
    with source.connect() as reading, target.begin() as writing:
        rows = reading.execution_options(yield_per=batch).execute(sa.select(shape))
        for part in rows.mappings().partitions(batch):
            writing.execute(shape.insert(), [dict(row) for row in part])
            copied += len(part)
    return copied
