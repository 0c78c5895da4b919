-- What a replay of many changes in each body before it is handed in: a JSON merge patch, as it was written.
ALTER TABLE quarantine_replay ADD COLUMN correction json;
