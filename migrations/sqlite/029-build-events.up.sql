-- The event log: id is the store-wide cursor and is never given twice, seq counts from 1 per build.
CREATE TABLE build_events (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    build_id TEXT NOT NULL REFERENCES builds(id) ON DELETE CASCADE,
    seq INTEGER NOT NULL,
    type TEXT NOT NULL,
    at INTEGER NOT NULL,
    stage_name TEXT,
    step_name TEXT,
    status TEXT,
    data TEXT,
    UNIQUE (build_id, seq)
);
