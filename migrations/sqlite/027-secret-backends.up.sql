-- Where secrets come from, per organisation; an agent without one serves all.
CREATE TABLE secret_backends (
    id TEXT PRIMARY KEY NOT NULL,
    org_id TEXT NOT NULL DEFAULT 'default-org',
    name TEXT NOT NULL,
    type TEXT NOT NULL,
    config TEXT,
    enabled INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (org_id, name)
);
ALTER TABLE agents ADD COLUMN org_id TEXT;
CREATE INDEX idx_agents_org ON agents(org_id);
