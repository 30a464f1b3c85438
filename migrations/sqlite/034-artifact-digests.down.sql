DROP INDEX idx_build_artifacts_name;
CREATE INDEX idx_build_artifacts_build ON build_artifacts(build_id);
ALTER TABLE build_artifacts DROP COLUMN sha256;
ALTER TABLE build_artifacts DROP COLUMN original_path;
