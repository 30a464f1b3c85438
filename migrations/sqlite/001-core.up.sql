-- Jobs, builds and what happened in them. Times are epoch milliseconds (UTC) in every table.
CREATE TABLE jobs (
    id TEXT PRIMARY KEY NOT NULL,
    name TEXT NOT NULL UNIQUE,
    description TEXT,
    pipeline TEXT,
    parameters TEXT,
    triggers TEXT,
    source TEXT,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
);
CREATE TABLE builds (
    id TEXT PRIMARY KEY NOT NULL,
    job_id TEXT NOT NULL REFERENCES jobs(id),
    build_number INTEGER NOT NULL,
    status TEXT NOT NULL DEFAULT 'queued',
    trigger_type TEXT,
    parameters TEXT,
    workspace TEXT,
    started_at INTEGER,
    finished_at INTEGER,
    created_at INTEGER NOT NULL,
    UNIQUE (job_id, build_number)
);
CREATE INDEX idx_builds_job ON builds(job_id);
CREATE INDEX idx_builds_status ON builds(status);
CREATE TABLE build_stages (
    id TEXT PRIMARY KEY NOT NULL,
    build_id TEXT NOT NULL REFERENCES builds(id) ON DELETE CASCADE,
    stage_name TEXT NOT NULL,
    status TEXT NOT NULL DEFAULT 'queued',
    started_at INTEGER,
    finished_at INTEGER,
    UNIQUE (build_id, stage_name)
);
CREATE TABLE build_steps (
    id TEXT PRIMARY KEY NOT NULL,
    build_id TEXT NOT NULL REFERENCES builds(id) ON DELETE CASCADE,
    stage_name TEXT NOT NULL,
    step_name TEXT NOT NULL,
    status TEXT NOT NULL DEFAULT 'queued',
    exit_code INTEGER,
    stdout TEXT,
    stderr TEXT,
    started_at INTEGER,
    finished_at INTEGER
);
CREATE INDEX idx_build_steps_build ON build_steps(build_id);
CREATE TABLE build_logs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    build_id TEXT NOT NULL REFERENCES builds(id) ON DELETE CASCADE,
    timestamp INTEGER NOT NULL,
    level TEXT NOT NULL,
    source TEXT,
    message TEXT NOT NULL
);
CREATE INDEX idx_build_logs_build ON build_logs(build_id);
