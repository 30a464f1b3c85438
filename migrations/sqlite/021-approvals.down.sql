DROP TABLE build_approvals;
