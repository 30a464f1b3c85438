DROP INDEX idx_builds_git_commit;
DROP INDEX idx_builds_git_branch;
DROP INDEX idx_builds_open;
CREATE INDEX idx_builds_git_commit ON builds(git_commit);
CREATE INDEX idx_builds_git_branch ON builds(git_branch);
CREATE INDEX idx_builds_status ON builds(status);
CREATE INDEX idx_builds_org_status ON builds(org_id, status);
CREATE INDEX idx_builds_org ON builds(org_id);
CREATE INDEX idx_builds_job ON builds(job_id);
