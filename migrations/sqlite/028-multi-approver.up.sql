ALTER TABLE build_approvals ADD COLUMN required_approvals INTEGER NOT NULL DEFAULT 1;
ALTER TABLE build_approvals ADD COLUMN approval_count INTEGER NOT NULL DEFAULT 0;
ALTER TABLE build_approvals ADD COLUMN approver_group TEXT;
CREATE TABLE approval_responses (
    id TEXT PRIMARY KEY NOT NULL,
    approval_id TEXT NOT NULL REFERENCES build_approvals(id) ON DELETE CASCADE,
    user_id TEXT NOT NULL,
    decision TEXT NOT NULL,
    comment TEXT,
    created_at INTEGER NOT NULL,
    UNIQUE (approval_id, user_id)
);
