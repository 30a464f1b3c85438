CREATE TABLE build_artifacts (
    id TEXT PRIMARY KEY NOT NULL,
    build_id TEXT NOT NULL REFERENCES builds(id) ON DELETE CASCADE,
    filename TEXT NOT NULL,
    path TEXT NOT NULL,
    size_bytes INTEGER,
    content_type TEXT,
    created_at INTEGER NOT NULL
);
CREATE INDEX idx_build_artifacts_build ON build_artifacts(build_id);
