DROP INDEX idx_build_logs_step;
DELETE FROM build_logs WHERE step IS NOT NULL;
ALTER TABLE build_logs DROP COLUMN data;
ALTER TABLE build_logs DROP COLUMN lines;
ALTER TABLE build_logs DROP COLUMN bytes;
ALTER TABLE build_logs DROP COLUMN step;
