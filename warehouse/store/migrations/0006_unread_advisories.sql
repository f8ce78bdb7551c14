-- What no model read: aliases stand in raw.advisory, versions that fix in raw.advisory_affected.

drop table if exists raw.advisory_alias;
alter table if exists raw.advisory_package drop column if exists fixed_versions;
delete from meta.table_version where table_name = 'raw.advisory_alias';
