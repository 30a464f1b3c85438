DROP TABLE pipeline_templates;
