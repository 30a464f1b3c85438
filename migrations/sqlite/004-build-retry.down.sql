ALTER TABLE builds DROP COLUMN parent_build_id;
