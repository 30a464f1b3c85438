DROP INDEX idx_users_provider;
ALTER TABLE users DROP COLUMN email;
ALTER TABLE users DROP COLUMN provider_id;
ALTER TABLE users DROP COLUMN provider;
