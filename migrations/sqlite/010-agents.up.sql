CREATE TABLE agents (
    id TEXT PRIMARY KEY NOT NULL,
    name TEXT NOT NULL,
    url TEXT NOT NULL,
    labels TEXT,
    status TEXT NOT NULL DEFAULT 'online',
    max_builds INTEGER NOT NULL DEFAULT 2,
    system_info TEXT,
    last_heartbeat INTEGER,
    registered_at INTEGER NOT NULL
);
ALTER TABLE builds ADD COLUMN agent_id TEXT;
ALTER TABLE builds ADD COLUMN dispatched_at INTEGER;
