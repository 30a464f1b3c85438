-- Fails, leaving everything as it is, while two organisations use one name.
DELETE FROM org_members WHERE id LIKE '%-default-mem';
ALTER TABLE secret_access_log DROP COLUMN org_id;
ALTER TABLE webhook_events DROP COLUMN org_id;
ALTER TABLE audit_logs DROP COLUMN org_id;
ALTER TABLE build_approvals DROP COLUMN org_id;
DROP INDEX idx_builds_org_status;
DROP INDEX idx_builds_org;
ALTER TABLE builds DROP COLUMN org_id;
CREATE TABLE pipeline_templates_old (
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
INSERT INTO pipeline_templates_old
SELECT id, name, description, format, pipeline_data, parameters, version, created_by, created_at,
       updated_at
FROM pipeline_templates;
DROP TABLE pipeline_templates;
ALTER TABLE pipeline_templates_old RENAME TO pipeline_templates;
CREATE TABLE job_secrets_old (
    id TEXT PRIMARY KEY NOT NULL,
    scope TEXT NOT NULL DEFAULT 'global',
    name TEXT NOT NULL,
    encrypted_value TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (scope, name)
);
INSERT INTO job_secrets_old
SELECT id, scope, name, encrypted_value, created_at, updated_at FROM job_secrets;
DROP TABLE job_secrets;
ALTER TABLE job_secrets_old RENAME TO job_secrets;
CREATE TABLE jobs_old (
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
INSERT INTO jobs_old
SELECT id, name, description, pipeline, parameters, triggers, source, created_at, updated_at
FROM jobs;
DROP TABLE jobs;
ALTER TABLE jobs_old RENAME TO jobs;
