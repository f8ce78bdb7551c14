-- Which repositories, or other keys, a new content of a table is about, so that what reads it is built for them alone.

create table meta.changed_key (
    table_name varchar not null,
    column_name varchar not null,
    version bigint not null,
    key varchar not null
);
comment on table meta.changed_key is
    'one per table, column, version of the content and value whose rows that version changed; a version without rows may have changed any';
comment on column meta.changed_key.table_name is 'schema.table';
comment on column meta.changed_key.column_name is 'column by which what reads the table finds its rows: repo_id, purl …';
comment on column meta.changed_key.version is 'as in meta.table_version, or content_build_id of meta.model_build';
comment on column meta.changed_key.key is 'value of the column';

alter table meta.table_version add column plain_version bigint;
comment on column meta.table_version.plain_version is
    'the last version that changed more than provenance (the commit that was read); null where all did';

alter table meta.model_build add column content_sum varchar;
alter table meta.model_build add column plain_build_id bigint;
alter table meta.model_build add column plain_hash varchar;
alter table meta.model_build add column plain_sum varchar;
alter table meta.model_build add column part_keys bigint;
comment on column meta.model_build.content_sum is
    'sum of the digests of the rows, from which content_hash is made; null if failed';
comment on column meta.model_build.plain_build_id is
    'the last build that changed more than provenance; null if failed';
comment on column meta.model_build.plain_hash is 'as content_hash, without the columns of provenance';
comment on column meta.model_build.plain_sum is 'as content_sum, without the columns of provenance';
comment on column meta.model_build.part_keys is
    'repositories for which the model was built anew; null if it was built in full, or failed';
