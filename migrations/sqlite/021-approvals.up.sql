CREATE TABLE build_approvals (
    id TEXT PRIMARY KEY NOT NULL,
    build_id TEXT NOT NULL REFERENCES builds(id) ON DELETE CASCADE,
    stage_name TEXT NOT NULL,
    status TEXT NOT NULL DEFAULT 'pending',
    required_role TEXT NOT NULL DEFAULT 'developer',
    message TEXT,
    timeout_minutes INTEGER DEFAULT 1440,
    approved_by TEXT,
    approved_at INTEGER,
    rejected_by TEXT,
    rejected_at INTEGER,
    created_at INTEGER NOT NULL,
    UNIQUE (build_id, stage_name)
);
CREATE INDEX idx_build_approvals_status ON build_approvals(status);
