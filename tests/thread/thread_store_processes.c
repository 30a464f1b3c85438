/* SPDX-License-Identifier: MIT */
/*
 * Several processes and one database: writers get their turns, a fresh database is made once, and a
 * writer killed in the middle leaves neither damage nor a lock. The program starts itself again for
 * the other processes.
 */
#include <signal.h>

#include "store_load.h"

#define TURNS 150

/* Write events until told to stop by the row limit, as a process that has nothing else to do. */
static int write_many(const char *path, char *build, int64_t count)
{
    chengis_store *store = open_database(path);
    struct appended one = {.build = build, .type = "load"};

    for (int64_t i = 0; i < count; i++)
        CHECK(append(store, &one) == 0);
    (void)chengis_store_unref(store);
    return 0;
}

static void writers_of_two_processes_take_turns(void)
{
    struct place place = make_place();
    chengis_store *store = open_database(place.database);
    char ours[CHG_UUID_SIZE];
    char theirs[CHG_UUID_SIZE];
    struct appended one = {.build = ours, .type = "load"};
    int64_t own = 0;
    pid_t pid;
    int status = 0;

    make_build(store, ours);
    make_build(store, theirs);
    pid = start_self("write", place.database, theirs);
    while (number_of(store, "SELECT COUNT(*) FROM build_events") == 0)
        CHECK(waitpid(pid, &status, WNOHANG) == 0);
    while (waitpid(pid, &status, WNOHANG) == 0) {
        CHECK(append(store, &one) == 0);
        own++;
    }
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    /* Without the ticket the busy one gets 26 turns for each of the other. */
    CHECK(own < 8 * TURNS);
    CHECK(number_of(store, "SELECT COUNT(*) FROM build_events") == own + TURNS);
    (void)printf("turns: %lld to %d\n", (long long)own, TURNS);
    (void)chengis_store_unref(store);
    remove_place(&place);
}

static void a_fresh_database_is_made_once(void)
{
    struct place place = make_place();
    pid_t pids[4];
    chengis_store *store;

    for (int i = 0; i < 4; i++)
        pids[i] = start_self("open", place.database, NULL);
    for (int i = 0; i < 4; i++)
        CHECK(exit_code_of(pids[i]) == 0);
    store = open_database(place.database);
    CHECK(number_of(store, "SELECT COUNT(*) FROM organizations") == 1);
    CHECK(number_of(store, "SELECT COUNT(*) = MAX(number) FROM schema_migrations") == 1);
    (void)chengis_store_unref(store);
    remove_place(&place);
}

static void asks_24_a_killed_writer_leaves_no_lock_and_no_damage(void)
{
    struct place place = make_place();
    chengis_store *store = open_database(place.database);
    char build[CHG_UUID_SIZE];
    struct appended one = {.build = build, .type = "after"};

    make_build(store, build);
    for (int64_t round = 1; round <= 5; round++) {
        int64_t before = number_of(store, "SELECT COUNT(*) FROM build_events");
        pid_t pid = start_self("write-on", place.database, build);

        while (number_of(store, "SELECT COUNT(*) FROM build_events") < before + 7 * round)
            CHECK(waitpid(pid, NULL, WNOHANG) == 0);
        CHECK(kill(pid, SIGKILL) == 0);
        CHECK(exit_code_of(pid) == 128 + SIGKILL);
        CHECK(append(store, &one) == 0);
        CHECK(number_of(store, "SELECT MAX(seq) = COUNT(*) FROM build_events") == 1);
        CHECK(number_of(store, "SELECT COUNT(*) FROM pragma_integrity_check "
                               "WHERE integrity_check <> 'ok'") == 0);
    }
    (void)chengis_store_unref(store);
    remove_place(&place);
}

int main(int argc, char **argv)
{
    if (argc >= 4 && strcmp(argv[1], "write") == 0)
        return write_many(argv[2], argv[3], TURNS);
    if (argc >= 4 && strcmp(argv[1], "write-on") == 0)
        return write_many(argv[2], argv[3], INT64_MAX);
    if (argc >= 3 && strcmp(argv[1], "open") == 0) {
        (void)chengis_store_unref(open_database(argv[2]));
        return 0;
    }
    writers_of_two_processes_take_turns();
    a_fresh_database_is_made_once();
    asks_24_a_killed_writer_leaves_no_lock_and_no_damage();
    return 0;
}
