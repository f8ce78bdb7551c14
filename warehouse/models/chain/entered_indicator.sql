/*
description: >-
  Figures that repositories cannot show (revenue, certificates, patents), as somebody entered and signed them. They
  stand beside what was observed and no measure reads them.
grain: one per subject, figure, day and signature
columns:
  subject_kind: region, enterprise, chain, segment or park
  subject: id or name of the subject; null for the region
  name: what the figure is
  value: the figure
  unit: its unit
  as_of: day for which it holds
  age_days: days from then to the day the answers hold for
  signed_by: who answers for it
  source: where it was taken from; null if not said
  is_newest: the newest of the same subject and figure
formula: raw.entered_indicator with its age
source: entered rows of the workspace
edge_cases:
  - Nothing of these is checked; who signed answers for them.
*/
select
    subject_kind,
    subject,
    name,
    value,
    unit,
    as_of,
    date_diff('day', as_of, (select cast(value as date) from meta.parameter where name = 'as_of')) as age_days,
    signed_by,
    source,
    rank() over (partition by subject_kind, subject, name, unit order by as_of desc) = 1 as is_newest
from raw.entered_indicator
