DROP TABLE approval_responses;
ALTER TABLE build_approvals DROP COLUMN approver_group;
ALTER TABLE build_approvals DROP COLUMN approval_count;
ALTER TABLE build_approvals DROP COLUMN required_approvals;
