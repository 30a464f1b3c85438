-- Processes that run builds. A living owner keeps byte `id` of the file DB.owners locked.
CREATE TABLE owners (
    id INTEGER PRIMARY KEY,
    host TEXT NOT NULL,
    boot_id TEXT NOT NULL,
    pid INTEGER NOT NULL,
    start_ticks INTEGER NOT NULL,
    started_at INTEGER NOT NULL
);
