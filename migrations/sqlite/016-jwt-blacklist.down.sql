DROP TABLE jwt_blacklist;
