CREATE TABLE secret_access_log (
    id TEXT PRIMARY KEY NOT NULL,
    secret_name TEXT NOT NULL,
    scope TEXT NOT NULL DEFAULT 'global',
    action TEXT NOT NULL,
    user_id TEXT,
    ip_address TEXT,
    created_at INTEGER NOT NULL
);
CREATE INDEX idx_secret_access_name ON secret_access_log(secret_name, created_at);
CREATE INDEX idx_secret_access_created ON secret_access_log(created_at);
