-- The old shape cannot hold a stage name twice: only the first stage of a name is kept.
CREATE TABLE build_steps_old (
    id TEXT PRIMARY KEY NOT NULL,
    build_id TEXT NOT NULL REFERENCES builds(id) ON DELETE CASCADE,
    stage_name TEXT NOT NULL,
    step_name TEXT NOT NULL,
    status TEXT NOT NULL DEFAULT 'queued',
    exit_code INTEGER,
    stdout TEXT,
    stderr TEXT,
    started_at INTEGER,
    finished_at INTEGER,
    container_image TEXT,
    container_id TEXT
);
INSERT INTO build_steps_old (id, build_id, stage_name, step_name, status, exit_code, started_at,
                             finished_at, container_image, container_id)
SELECT build_id || ':' || ordinal, build_id, stage_name, step_name, status, exit_code, started_at,
       finished_at, container_image, container_id
FROM build_steps ORDER BY build_id, ordinal;
DROP TABLE build_steps;
ALTER TABLE build_steps_old RENAME TO build_steps;
CREATE INDEX idx_build_steps_build ON build_steps(build_id);
CREATE TABLE build_stages_old (
    id TEXT PRIMARY KEY NOT NULL,
    build_id TEXT NOT NULL REFERENCES builds(id) ON DELETE CASCADE,
    stage_name TEXT NOT NULL,
    status TEXT NOT NULL DEFAULT 'queued',
    started_at INTEGER,
    finished_at INTEGER,
    UNIQUE (build_id, stage_name)
);
INSERT OR IGNORE INTO build_stages_old (id, build_id, stage_name, status, started_at, finished_at)
SELECT build_id || ':' || ordinal, build_id, stage_name, status, started_at, finished_at
FROM build_stages ORDER BY build_id, ordinal;
DROP TABLE build_stages;
ALTER TABLE build_stages_old RENAME TO build_stages;
