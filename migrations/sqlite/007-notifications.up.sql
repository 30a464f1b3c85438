CREATE TABLE build_notifications (
    id TEXT PRIMARY KEY NOT NULL,
    build_id TEXT NOT NULL REFERENCES builds(id) ON DELETE CASCADE,
    type TEXT NOT NULL,
    status TEXT NOT NULL DEFAULT 'pending',
    details TEXT,
    sent_at INTEGER,
    created_at INTEGER NOT NULL
);
CREATE INDEX idx_build_notifications_build ON build_notifications(build_id);
