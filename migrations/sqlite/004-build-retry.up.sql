-- The build a retry repeats.
ALTER TABLE builds ADD COLUMN parent_build_id TEXT;
