DROP TABLE job_secrets;
