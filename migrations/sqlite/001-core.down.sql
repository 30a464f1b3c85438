DROP TABLE build_logs;
DROP TABLE build_steps;
DROP TABLE build_stages;
DROP TABLE builds;
DROP TABLE jobs;
