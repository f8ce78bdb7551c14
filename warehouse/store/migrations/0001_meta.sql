-- Schemas, and what the warehouse records about itself. Raw tables are made from warehouse/store/schema.py.

create schema meta;
create schema raw;
create schema core;
create schema mart;

create table meta.migration (
    name varchar not null,
    sha256 varchar not null,
    applied_at timestamptz not null
);
comment on table meta.migration is 'one per migration that this file has had';
comment on column meta.migration.name is 'file name without suffix; the order of names is the order of application';
comment on column meta.migration.sha256 is 'digest of the migration as applied';
comment on column meta.migration.applied_at is 'when';

create table meta.run (
    run_id varchar not null,
    status varchar not null,
    started_at timestamptz not null,
    ended_at timestamptz,
    error varchar
);
comment on table meta.run is 'one per run of the pipeline';
comment on column meta.run.run_id is 'id of the run';
comment on column meta.run.status is 'running, succeeded, failed, or killed (it never reported its end)';
comment on column meta.run.started_at is 'when the run began';
comment on column meta.run.ended_at is 'when the run ended; null while it runs and where it was killed';
comment on column meta.run.error is 'reason of the failure, null if none';

create table meta.parameter (
    name varchar not null,
    value varchar not null
);
comment on table meta.parameter is 'one per parameter that models may read; never holds a secret';
comment on column meta.parameter.name is 'name of the parameter';
comment on column meta.parameter.value is 'value as text: dates in ISO 8601, truth values as true and false';

create table meta.table_version (
    table_name varchar not null,
    version bigint not null
);
comment on table meta.table_version is 'one per raw table that was ever written';
comment on column meta.table_version.table_name is 'schema.table';
comment on column meta.table_version.version is 'counter, raised in the transaction that changes the rows';

create table meta.table_source (
    name varchar not null,
    digest varchar not null
);
comment on table meta.table_source is 'one per set of data files that raw tables were read from';
comment on column meta.table_source.name is 'what the files are: taxonomy';
comment on column meta.table_source.digest is 'digest of the files and of the code that read them';

create table meta.model_build (
    build_id bigint not null,
    model varchar not null,
    status varchar not null,
    content_build_id bigint,
    content_hash varchar,
    rows bigint,
    wall_ms bigint not null,
    sql_hash varchar not null,
    inputs varchar not null,
    error varchar,
    built_at timestamptz not null
);
comment on table meta.model_build is 'one per attempt to build a model; unchanged models are not attempted';
comment on column meta.model_build.build_id is 'rises with every attempt';
comment on column meta.model_build.model is 'schema.table';
comment on column meta.model_build.status is 'built or failed';
comment on column meta.model_build.content_build_id is
    'the last build that changed the rows or columns: the version of the content; null if failed';
comment on column meta.model_build.content_hash is 'digest of columns and rows, whatever the order of the rows';
comment on column meta.model_build.rows is 'rows of the table; null if failed';
comment on column meta.model_build.wall_ms is 'wall time in milliseconds';
comment on column meta.model_build.sql_hash is 'SHA-256 of the model''s file and of what it imports';
comment on column meta.model_build.inputs is 'JSON object: version of each table that the build read';
comment on column meta.model_build.error is 'reason of the failure, null if none';
comment on column meta.model_build.built_at is 'when the build began';

create table meta.model_lineage (
    model varchar not null,
    reads varchar not null
);
comment on table meta.model_lineage is 'one per model and table that it reads, as of its last build';
comment on column meta.model_lineage.model is 'schema.table of the model';
comment on column meta.model_lineage.reads is 'schema.table that the model reads';
