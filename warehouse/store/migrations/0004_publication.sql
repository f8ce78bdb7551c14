-- Which copy was published of this warehouse and with which content, so that the next one begins with it.

create table meta.publication (
    token varchar not null
);
comment on table meta.publication is 'one, in the warehouse and in the copy that was published of it last';
comment on column meta.publication.token is 'random; equal in both, or the copy was made of another state than the last';

create table meta.published_table (
    table_name varchar not null,
    version varchar not null
);
comment on table meta.published_table is 'one per table of the copy whose content has a version; empty in the warehouse';
comment on column meta.published_table.table_name is 'schema.table';
comment on column meta.published_table.version is 'version of the content that was copied';
