-- Every index of builds is written twice per build. idx_builds_job repeats the unique (job_id,
-- build_number), idx_builds_org repeats (org_id, status); open builds are few, and builds without git
-- need no git index.
DROP INDEX idx_builds_job;
DROP INDEX idx_builds_org;
DROP INDEX idx_builds_org_status;
DROP INDEX idx_builds_status;
DROP INDEX idx_builds_git_branch;
DROP INDEX idx_builds_git_commit;
CREATE INDEX idx_builds_open ON builds(owner_id) WHERE status IN ('queued', 'running', 'waiting');
CREATE INDEX idx_builds_git_branch ON builds(git_branch) WHERE git_branch IS NOT NULL;
CREATE INDEX idx_builds_git_commit ON builds(git_commit) WHERE git_commit IS NOT NULL;
