CREATE TABLE jwt_blacklist (
    jti TEXT PRIMARY KEY NOT NULL,
    user_id TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    reason TEXT,
    created_at INTEGER NOT NULL
);
CREATE INDEX idx_jwt_blacklist_expires ON jwt_blacklist(expires_at);
