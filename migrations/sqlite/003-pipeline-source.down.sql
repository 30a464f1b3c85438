ALTER TABLE builds DROP COLUMN pipeline_source;
