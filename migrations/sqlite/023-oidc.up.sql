-- Who a user is at an identity provider.
ALTER TABLE users ADD COLUMN provider TEXT;
ALTER TABLE users ADD COLUMN provider_id TEXT;
ALTER TABLE users ADD COLUMN email TEXT;
CREATE UNIQUE INDEX idx_users_provider ON users(provider, provider_id)
    WHERE provider IS NOT NULL;
