ALTER TABLE build_artifacts ADD COLUMN original_path TEXT;
ALTER TABLE build_artifacts ADD COLUMN sha256 TEXT;
DROP INDEX idx_build_artifacts_build;
CREATE UNIQUE INDEX idx_build_artifacts_name ON build_artifacts(build_id, filename);
