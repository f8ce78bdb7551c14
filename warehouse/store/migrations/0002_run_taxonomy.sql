-- Which version of the taxonomy each run answered with.

create table meta.run_taxonomy (
    run_id varchar not null,
    folder varchar not null,
    file varchar not null,
    sha256 varchar not null
);
comment on table meta.run_taxonomy is 'one per run that succeeded and file of the taxonomy that it read';
comment on column meta.run_taxonomy.run_id is 'id of the run';
comment on column meta.run_taxonomy.folder is 'name of the file''s folder';
comment on column meta.run_taxonomy.file is 'name of the file';
comment on column meta.run_taxonomy.sha256 is 'digest of its content: the version of the file';
