DROP TABLE build_queue;
