ALTER TABLE builds DROP COLUMN dispatched_at;
ALTER TABLE builds DROP COLUMN agent_id;
DROP TABLE agents;
