CREATE TABLE build_queue (
    id TEXT PRIMARY KEY NOT NULL,
    build_id TEXT NOT NULL REFERENCES builds(id) ON DELETE CASCADE,
    job_id TEXT NOT NULL,
    priority TEXT NOT NULL DEFAULT 'normal',
    payload TEXT NOT NULL,
    labels TEXT,
    status TEXT NOT NULL DEFAULT 'pending',
    agent_id TEXT,
    retry_count INTEGER NOT NULL DEFAULT 0,
    max_retries INTEGER NOT NULL DEFAULT 3,
    error TEXT,
    next_retry_at INTEGER,
    queued_at INTEGER NOT NULL,
    dispatched_at INTEGER,
    finished_at INTEGER,
    created_at INTEGER NOT NULL
);
CREATE INDEX idx_build_queue_agent ON build_queue(agent_id, status);
CREATE INDEX idx_build_queue_retry ON build_queue(status, next_retry_at);
CREATE INDEX idx_build_queue_build ON build_queue(build_id);
