-- A row with a step is the sparse index of that step's part of the log file.
ALTER TABLE build_logs ADD COLUMN step INTEGER;
ALTER TABLE build_logs ADD COLUMN bytes INTEGER;
ALTER TABLE build_logs ADD COLUMN lines INTEGER;
ALTER TABLE build_logs ADD COLUMN data BLOB;
CREATE UNIQUE INDEX idx_build_logs_step ON build_logs(build_id, step) WHERE step IS NOT NULL;
