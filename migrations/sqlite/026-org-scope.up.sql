-- Everything a tenant owns says whose it is. Tables whose names become unique per organisation are
-- rebuilt.
CREATE TABLE jobs_new (
    id TEXT PRIMARY KEY NOT NULL,
    org_id TEXT NOT NULL DEFAULT 'default-org' REFERENCES organizations(id),
    name TEXT NOT NULL,
    description TEXT,
    pipeline TEXT,
    parameters TEXT,
    triggers TEXT,
    source TEXT,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (org_id, name)
);
INSERT INTO jobs_new (id, name, description, pipeline, parameters, triggers, source, created_at,
                      updated_at)
SELECT id, name, description, pipeline, parameters, triggers, source, created_at, updated_at
FROM jobs;
DROP TABLE jobs;
ALTER TABLE jobs_new RENAME TO jobs;
CREATE TABLE job_secrets_new (
    id TEXT PRIMARY KEY NOT NULL,
    org_id TEXT NOT NULL DEFAULT 'default-org',
    scope TEXT NOT NULL DEFAULT 'global',
    name TEXT NOT NULL,
    encrypted_value TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (org_id, scope, name)
);
INSERT INTO job_secrets_new (id, scope, name, encrypted_value, created_at, updated_at)
SELECT id, scope, name, encrypted_value, created_at, updated_at FROM job_secrets;
DROP TABLE job_secrets;
ALTER TABLE job_secrets_new RENAME TO job_secrets;
CREATE TABLE pipeline_templates_new (
    id TEXT PRIMARY KEY NOT NULL,
    org_id TEXT NOT NULL DEFAULT 'default-org',
    name TEXT NOT NULL,
    description TEXT,
    format TEXT NOT NULL DEFAULT 'edn',
    pipeline_data TEXT NOT NULL,
    parameters TEXT,
    version INTEGER NOT NULL DEFAULT 1,
    created_by TEXT,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (org_id, name)
);
INSERT INTO pipeline_templates_new (id, name, description, format, pipeline_data, parameters,
                                    version, created_by, created_at, updated_at)
SELECT id, name, description, format, pipeline_data, parameters, version, created_by, created_at,
       updated_at
FROM pipeline_templates;
DROP TABLE pipeline_templates;
ALTER TABLE pipeline_templates_new RENAME TO pipeline_templates;
ALTER TABLE builds ADD COLUMN org_id TEXT NOT NULL DEFAULT 'default-org';
CREATE INDEX idx_builds_org ON builds(org_id);
CREATE INDEX idx_builds_org_status ON builds(org_id, status);
ALTER TABLE build_approvals ADD COLUMN org_id TEXT NOT NULL DEFAULT 'default-org';
ALTER TABLE audit_logs ADD COLUMN org_id TEXT;
ALTER TABLE webhook_events ADD COLUMN org_id TEXT;
ALTER TABLE secret_access_log ADD COLUMN org_id TEXT;
UPDATE audit_logs SET org_id = 'default-org';
UPDATE secret_access_log SET org_id = 'default-org';
INSERT INTO org_members (id, org_id, user_id, role, created_at)
SELECT id || '-default-mem', 'default-org', id, role, created_at FROM users;
