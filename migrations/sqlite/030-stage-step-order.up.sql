-- Stages and steps are told apart by their place, so that names may repeat and order is kept. Output
-- lives in the log file, not here.
CREATE TABLE build_stages_new (
    build_id TEXT NOT NULL REFERENCES builds(id) ON DELETE CASCADE,
    ordinal INTEGER NOT NULL,
    stage_name TEXT NOT NULL,
    status TEXT NOT NULL DEFAULT 'queued',
    reason TEXT,
    started_at INTEGER,
    finished_at INTEGER,
    PRIMARY KEY (build_id, ordinal)
) WITHOUT ROWID;
INSERT INTO build_stages_new (build_id, ordinal, stage_name, status, started_at, finished_at)
SELECT build_id, ROW_NUMBER() OVER (PARTITION BY build_id ORDER BY started_at, rowid), stage_name,
       status, started_at, finished_at
FROM build_stages;
DROP TABLE build_stages;
ALTER TABLE build_stages_new RENAME TO build_stages;
CREATE TABLE build_steps_new (
    build_id TEXT NOT NULL REFERENCES builds(id) ON DELETE CASCADE,
    ordinal INTEGER NOT NULL,
    stage_ordinal INTEGER NOT NULL,
    stage_name TEXT NOT NULL,
    step_name TEXT NOT NULL,
    status TEXT NOT NULL DEFAULT 'queued',
    reason TEXT,
    message TEXT,
    exit_code INTEGER,
    signal INTEGER,
    attempt INTEGER NOT NULL DEFAULT 1,
    started_at INTEGER,
    finished_at INTEGER,
    log_bytes INTEGER NOT NULL DEFAULT 0,
    log_lines INTEGER NOT NULL DEFAULT 0,
    container_image TEXT,
    container_id TEXT,
    PRIMARY KEY (build_id, ordinal)
) WITHOUT ROWID;
INSERT INTO build_steps_new (build_id, ordinal, stage_ordinal, stage_name, step_name, status,
                             exit_code, started_at, finished_at, container_image, container_id)
SELECT s.build_id, ROW_NUMBER() OVER (PARTITION BY s.build_id ORDER BY g.ordinal, s.rowid),
       COALESCE(g.ordinal, 0), s.stage_name, s.step_name, s.status, s.exit_code, s.started_at,
       s.finished_at, s.container_image, s.container_id
FROM build_steps s
LEFT JOIN build_stages g ON g.build_id = s.build_id AND g.stage_name = s.stage_name;
DROP TABLE build_steps;
ALTER TABLE build_steps_new RENAME TO build_steps;
