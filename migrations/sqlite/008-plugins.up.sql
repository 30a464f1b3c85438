CREATE TABLE plugins (
    name TEXT PRIMARY KEY NOT NULL,
    version TEXT NOT NULL,
    enabled INTEGER NOT NULL DEFAULT 1,
    config TEXT,
    installed_at INTEGER NOT NULL
);
