DROP TABLE build_artifacts;
