CREATE TABLE pipeline_templates (
    id TEXT PRIMARY KEY NOT NULL,
    name TEXT NOT NULL UNIQUE,
    description TEXT,
    format TEXT NOT NULL DEFAULT 'edn',
    pipeline_data TEXT NOT NULL,
    parameters TEXT,
    version INTEGER NOT NULL DEFAULT 1,
    created_by TEXT,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
);
