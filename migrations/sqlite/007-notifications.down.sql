DROP TABLE build_notifications;
