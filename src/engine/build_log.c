/* SPDX-License-Identifier: MIT */
/* The public log reader: one step by its own offsets, or everything in the order of arrival. One
 * thread at a time. */
#include "engine/build_priv.h"

#include "base/error.h"
#include "engine/run.h"
#include "logs/log_file.h"

#include <string.h>
#include <sys/stat.h>

#include "base/banned.h"

#define LOG_MAGIC CHG_MAGIC('L', 'O', 'G', 'R')

struct chengis_log_reader {
    uint32_t magic;
    struct chg_ref ref;
    chengis_build *build;
    int64_t step;                  /* -1: everything */
    struct chg_log_reader *reader; /* NULL until there is a file */
};

struct index_query {
    const char *build_id;
    int64_t step;
    void *blob;
    size_t len;
};

static int read_index(struct chg_conn *conn, void *userdata)
{
    struct index_query *query = userdata;

    return chg_log_index_get(conn, query->build_id, query->step, &query->blob, &query->len);
}

/* Short logs have no index, and most logs are short. */
static void use_index(chengis_log_reader *log)
{
    struct index_query query = {.build_id = log->build->id, .step = log->step};
    struct stat st;

    if (log->step <= 0 || stat(log->build->log_path, &st) < 0 ||
        (uint64_t)st.st_size < CHG_LOG_INDEX_FROM)
        return;
    if (chg_store_read(log->build->engine->store, read_index, &query) == 0)
        (void)chg_log_reader_set_index(log->reader, (uint32_t)log->step, query.blob, query.len);
    chg_free(query.blob);
    chengis_error_clear(); /* without an index seeking scans */
}

/* A build that printed nothing has no file: reading it gives nothing until it is there. 1 open, 0
 * not yet. */
static int open_reader(chengis_log_reader *log)
{
    int rc;

    if (log->reader != NULL)
        return 1;
    rc = chg_log_reader_open(&log->reader, log->build->log_path);
    if (rc == CHENGIS_ERR_NOT_FOUND) {
        chengis_error_clear();
        return 0;
    }
    if (rc < 0)
        return rc;
    use_index(log);
    return 1;
}

struct step_query {
    const char *build_id;
    int64_t step;
    bool found;
};

static int match_step(const struct chg_step_row *row, void *userdata)
{
    struct step_query *query = userdata;

    query->found = query->found || row->ordinal == query->step;
    return 0;
}

static int find_step(struct chg_conn *conn, void *userdata)
{
    struct step_query *query = userdata;

    return chg_step_list(conn, query->build_id, match_step, query);
}

/* A build that this engine has ended needs no look into the store. */
static bool has_ended_step(const chengis_build *build, int64_t step)
{
    struct chg_run *run = build->run;

    return chg_run_is_done(run) && (size_t)step <= run->step_count &&
           run->steps[step - 1].row.status != CHENGIS_STATUS_UNKNOWN;
}

int chengis_log_reader_open(chengis_log_reader **out, chengis_build *build, int64_t step)
{
    struct step_query query = {.step = step, .found = step <= 0};
    chengis_log_reader *log;
    int rc = 0;

    chengis_error_clear();
    CHG_REQUIRE(out != NULL && CHG_IS(build, BUILD_MAGIC) && step >= -1);
    query.build_id = build->id;
    if (step > 0 && has_ended_step(build, step))
        query.found = true;
    else if (step > 0)
        rc = chg_store_read(build->engine->store, find_step, &query);
    if (rc == 0 && !query.found)
        rc = chg_error_set(CHENGIS_ERR_NOT_FOUND, "build %s has no step %lld", build->id,
                           (long long)step);
    if (rc < 0)
        return rc;
    log = chg_new(chengis_log_reader);
    if (log == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    log->magic = LOG_MAGIC;
    chg_ref_init(&log->ref);
    log->build = chengis_build_ref(build);
    log->step = step;
    *out = log;
    return 0;
}

/*
 * A position in the whole log names a frame of the file and a byte of its text, so that any reader
 * can go on from it: the low bits count the bytes of the frame that were given already.
 */
#define USED_BITS 19
#define USED_MASK (((uint64_t)1 << USED_BITS) - 1)

/* 1 read, 0 nothing there (yet). */
static int read_piece(chengis_log_reader *log, uint64_t *position, char *buffer, size_t size,
                      size_t *len)
{
    uint64_t cursor = *position >> USED_BITS, used = *position & USED_MASK;
    struct chg_log_piece piece;
    int rc = chg_log_reader_next(log->reader, &cursor, &piece);

    *len = 0;
    if (rc != 1)
        return rc;
    if (piece.kind != CHG_LOG_PROCESS && used < piece.len) {
        *len = piece.len - used < size ? piece.len - used : size;
        memcpy(buffer, piece.data + used, *len);
        used += *len;
    }
    if (piece.kind == CHG_LOG_PROCESS || used >= piece.len)
        *position = cursor << USED_BITS;
    else
        *position += *len;
    return 1;
}

/* Everything in the order of arrival. */
static int read_all(size_t *out_len, chengis_log_reader *log, int64_t *offset, char *buffer,
                    size_t size)
{
    uint64_t position = (uint64_t)*offset;
    size_t filled = 0, len;
    int rc = 1;

    while (rc == 1 && filled < size) {
        rc = read_piece(log, &position, buffer + filled, size - filled, &len);
        filled += len;
    }
    if (rc < 0)
        return rc;
    *offset = (int64_t)position;
    *out_len = filled;
    return 0;
}

int chengis_log_reader_read(size_t *out_len, chengis_log_reader *log, int64_t *offset, char *buffer,
                            size_t size)
{
    size_t got = 0;
    int rc;

    chengis_error_clear();
    CHG_REQUIRE(out_len != NULL && CHG_IS(log, LOG_MAGIC) && offset != NULL && buffer != NULL &&
                size > 0);
    CHG_REQUIRE(*offset >= 0);
    rc = open_reader(log);
    if (rc == 1 && log->step < 0)
        return read_all(out_len, log, offset, buffer, size);
    if (rc == 1)
        rc = chg_log_reader_read(log->reader, (uint32_t)log->step, (uint64_t)*offset, buffer, size,
                                 &got);
    if (rc < 0)
        return rc;
    *offset += (int64_t)got;
    *out_len = got;
    return 0;
}

static int require_step(const chengis_log_reader *log)
{
    if (log->step < 0)
        return chg_error_set(CHENGIS_ERR_UNSUPPORTED,
                             "the log of a whole build has no lines of its own: open a step");
    return 0;
}

int chengis_log_reader_tail(int64_t *offset, chengis_log_reader *log, int64_t lines)
{
    uint64_t found = 0;
    int rc;

    chengis_error_clear();
    CHG_REQUIRE(offset != NULL && CHG_IS(log, LOG_MAGIC) && lines >= 0);
    rc = require_step(log);
    if (rc == 0)
        rc = open_reader(log);
    if (rc == 1)
        rc = chg_log_reader_tail(log->reader, (uint32_t)log->step, (uint64_t)lines, &found);
    if (rc < 0)
        return rc;
    *offset = (int64_t)found;
    return 0;
}

int chengis_log_reader_size(int64_t *bytes, int64_t *lines, chengis_log_reader *log)
{
    uint64_t byte_count = 0, line_count = 0;
    int rc;

    chengis_error_clear();
    CHG_REQUIRE(CHG_IS(log, LOG_MAGIC));
    rc = require_step(log);
    if (rc == 0)
        rc = open_reader(log);
    if (rc == 1)
        rc = chg_log_reader_size(log->reader, (uint32_t)log->step, &byte_count, &line_count);
    if (rc < 0)
        return rc;
    if (bytes != NULL)
        *bytes = (int64_t)byte_count;
    if (lines != NULL)
        *lines = (int64_t)line_count;
    return 0;
}

chengis_log_reader *chengis_log_reader_ref(chengis_log_reader *log)
{
    if (CHG_IS(log, LOG_MAGIC))
        chg_ref_get(&log->ref);
    return log;
}

chengis_log_reader *chengis_log_reader_unref(chengis_log_reader *log)
{
    if (!CHG_IS(log, LOG_MAGIC) || !chg_ref_put(&log->ref))
        return NULL;
    log->magic = 0;
    chg_log_reader_close(log->reader);
    (void)chengis_build_unref(log->build);
    chg_free(log);
    return NULL;
}
