-- Encrypted values; scope is "global" or a job id.
CREATE TABLE job_secrets (
    id TEXT PRIMARY KEY NOT NULL,
    scope TEXT NOT NULL DEFAULT 'global',
    name TEXT NOT NULL,
    encrypted_value TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (scope, name)
);
