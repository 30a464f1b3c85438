DROP TABLE secret_access_log;
