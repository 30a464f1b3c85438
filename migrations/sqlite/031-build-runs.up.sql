-- What running, resuming, cancelling and explaining a build needs. The long texts come last, so that
-- lists do not read them.
ALTER TABLE jobs ADD COLUMN next_build_number INTEGER NOT NULL DEFAULT 1;
UPDATE jobs SET next_build_number =
    1 + COALESCE((SELECT MAX(build_number) FROM builds WHERE job_id = jobs.id), 0);
ALTER TABLE builds ADD COLUMN owner_id INTEGER;
ALTER TABLE builds ADD COLUMN attempt INTEGER NOT NULL DEFAULT 1;
ALTER TABLE builds ADD COLUMN reason TEXT;
ALTER TABLE builds ADD COLUMN message TEXT;
ALTER TABLE builds ADD COLUMN cancel_level INTEGER NOT NULL DEFAULT 0;
ALTER TABLE builds ADD COLUMN cancel_reason TEXT;
ALTER TABLE builds ADD COLUMN cancel_requested_at INTEGER;
ALTER TABLE builds ADD COLUMN log_path TEXT;
ALTER TABLE builds ADD COLUMN git TEXT;
ALTER TABLE builds ADD COLUMN request TEXT;
ALTER TABLE builds ADD COLUMN plan TEXT;
