DROP INDEX idx_agents_org;
ALTER TABLE agents DROP COLUMN org_id;
DROP TABLE secret_backends;
