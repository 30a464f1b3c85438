DROP TABLE build_events;
