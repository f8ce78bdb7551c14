-- Names and addresses move to raw.identity, which the next run fills from the histories.

drop table if exists raw.commit;
drop table if exists raw.roster;
update meta.table_version set version = version + 1 where table_name in ('raw.commit', 'raw.roster');
