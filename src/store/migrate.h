/* SPDX-License-Identifier: MIT */
/* The numbered steps that bring a database to the form this version works with, and back. */
#ifndef CHG_STORE_MIGRATE_H
#define CHG_STORE_MIGRATE_H

#include <stdint.h>

struct chg_conn;

struct chg_migration {
    int number; /* from 1 without holes */
    const char *name;
    const char *up;
    const char *down;
};

/* Generated from migrations/sqlite at build time; ends with number 0. */
extern const struct chg_migration chg_migrations_sqlite[];
/* What the whole chain amounts to, for a database that is empty: the chain itself takes 25 ms. */
extern const char chg_migrations_sqlite_schema[];

int64_t chg_migrate_newest(void);
/*
 * Move the database from version `from` to `to`, one transaction a step (one for all in an empty
 * database). The caller holds the writer and the ticket, and has just read `from`. On failure the
 * steps that succeeded stay.
 */
int chg_migrate(struct chg_conn *conn, int64_t from, int64_t to);

#endif
