/* SPDX-License-Identifier: MIT */
/*
 * Masks one stream of bytes. Places in the text are counted from the start of the bytes being fed,
 * so bytes held back from before have negative places. The automaton's state says how many of the
 * last bytes may still begin a form (its depth): what lies before them is decided. Occurrences
 * found are kept as marks, disjoint intervals in order, until they are decided and written out as
 * ***.
 */
#include "logs/masker.h"

#include <stdint.h>
#include <string.h>

#include <chengis/error.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/secret.h"
#include "logs/masker_priv.h"

#include "base/banned.h"

#define STARS     "***"
#define STARS_LEN 3
/* Marks are this long at least and do not touch. */
#define MARK_MIN CHENGIS_MASK_MIN_LENGTH
/* Below this depth it pays to leave the automaton for the filter. */
#define FILTER_DEPTH 4

struct mark {
    int64_t start;
    int64_t end;
};

struct chg_mask_stream {
    chengis_masker *masker; /* reference; NULL when nothing is masked */
    const struct chg_mask_automaton *automaton;
    uint32_t state;
    unsigned char *hold; /* bytes of an occurrence that may have begun; room for the longest form */
    size_t held;
    struct mark *marks;
    size_t mark_count;
    int64_t emitted;   /* everything before is written out */
    int64_t stars_end; /* where the bytes that the last *** stands for end; below -held: nowhere */
    char *out;
    size_t out_len;
    size_t out_cap;
};

static int set_up(struct chg_mask_stream *stream, chengis_masker *masker)
{
    int rc = chg_masker_compile(&stream->automaton, masker);

    if (rc < 0 || stream->automaton == NULL)
        return rc;
    stream->hold = chg_malloc(stream->automaton->longest);
    stream->marks =
        chg_calloc(stream->automaton->longest / (MARK_MIN + 1) + 3, sizeof *stream->marks);
    if (stream->hold == NULL || stream->marks == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    stream->masker = chengis_masker_ref(masker);
    return 0;
}

int chg_mask_stream_new(struct chg_mask_stream **out, chengis_masker *masker)
{
    struct chg_mask_stream *stream = chg_new(struct chg_mask_stream);
    int rc;

    if (stream == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    stream->stars_end = -1;
    rc = set_up(stream, masker);
    if (rc < 0) {
        chg_mask_stream_free(stream);
        return rc;
    }
    *out = stream;
    return 0;
}

void chg_mask_stream_free(struct chg_mask_stream *stream)
{
    if (stream == NULL)
        return;
    if (stream->hold != NULL)
        chg_wipe(stream->hold, stream->automaton->longest);
    chg_free(stream->hold);
    chg_free(stream->marks);
    chg_free(stream->out);
    (void)chengis_masker_unref(stream->masker);
    chg_free(stream);
}

size_t chg_mask_stream_held(const struct chg_mask_stream *stream)
{
    return stream->held;
}

/* Room for the bytes held and those to come; a *** may be longer than the decided part of its mark.
 */
static int reserve(struct chg_mask_stream *stream, size_t len)
{
    size_t need = stream->held + len + STARS_LEN;

    stream->out_len = 0;
    if (need <= stream->out_cap)
        return 0;
    chg_free(stream->out);
    stream->out_cap = 0;
    stream->out = chg_malloc(need);
    if (stream->out == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    stream->out_cap = need;
    return 0;
}

static void put(struct chg_mask_stream *stream, const void *bytes, size_t len)
{
    memcpy(stream->out + stream->out_len, bytes, len);
    stream->out_len += len;
}

/* Copy the unmasked text up to `until`. */
static void emit_text(struct chg_mask_stream *stream, const unsigned char *data, int64_t until)
{
    int64_t from = stream->emitted;

    if (from < 0 && from < until) {
        int64_t stop = until < 0 ? until : 0;

        put(stream, stream->hold + ((int64_t)stream->held + from), (size_t)(stop - from));
        from = stop;
    }
    if (from < until)
        put(stream, data + from, (size_t)(until - from));
    stream->emitted = until;
}

/* Write out everything before `until`. The part of a mark beyond it stays and gets no *** of its
 * own. */
static void emit(struct chg_mask_stream *stream, const unsigned char *data, int64_t until)
{
    size_t done = 0;

    for (; done < stream->mark_count && stream->marks[done].start < until; done++) {
        struct mark *mark = &stream->marks[done];

        emit_text(stream, data, mark->start);
        if (mark->start != stream->stars_end)
            put(stream, STARS, STARS_LEN);
        stream->emitted = mark->end < until ? mark->end : until;
        stream->stars_end = stream->emitted;
        if (mark->end > until) {
            mark->start = until;
            break;
        }
    }
    stream->mark_count -= done;
    memmove(stream->marks, stream->marks + done, stream->mark_count * sizeof *stream->marks);
    emit_text(stream, data, until);
}

static void add_mark(struct chg_mask_stream *stream, const unsigned char *data, int64_t end,
                     const struct chg_mask_node *node)
{
    int64_t start = end - node->match;
    int64_t decided = end - node->depth;

    if (stream->mark_count > 0 && stream->marks[0].end < decided)
        emit(stream, data, decided);
    while (stream->mark_count > 0 && stream->marks[stream->mark_count - 1].end >= start) {
        stream->mark_count--;
        if (stream->marks[stream->mark_count].start < start)
            start = stream->marks[stream->mark_count].start;
    }
    stream->marks[stream->mark_count++] = (struct mark){.start = start, .end = end};
}

/*
 * Run from place `at`, where the state is that of stream->state, until the text ends or the filter
 * can go on: 0 to len, with the state set back to the root.
 */
static size_t run_automaton(struct chg_mask_stream *stream, const unsigned char *data, size_t at,
                            size_t len)
{
    const struct chg_mask_automaton *a = stream->automaton;
    uint32_t state = stream->state;
    int64_t origin = (int64_t)at - a->nodes[state].depth;

    while (at < len) {
        const struct chg_mask_node *node;
        int64_t start;

        state = chg_mask_step(a, state, data[at++]);
        node = &a->nodes[state];
        if (node->match > 0)
            add_mark(stream, data, (int64_t)at, node);
        while (!node->has_child && state != 0) {
            state = node->fail;
            node = &a->nodes[state];
        }
        start = (int64_t)at - node->depth;
        /* A prefix that began later than the last one and is short yet: let the filter look at it.
         */
        if (node->depth < FILTER_DEPTH && start > origin && start >= 0 &&
            len - (size_t)start >= a->filter.window) {
            stream->state = 0;
            return (size_t)start;
        }
    }
    stream->state = state;
    return at;
}

/* Keep the last `depth` bytes for the next call, whose places count from `len`. */
static void hold_back(struct chg_mask_stream *stream, const unsigned char *data, size_t len,
                      size_t depth)
{
    size_t from_hold = depth > len ? depth - len : 0;

    memmove(stream->hold, stream->hold + stream->held - from_hold, from_hold);
    if (depth > from_hold)
        memcpy(stream->hold + from_hold, data + len - (depth - from_hold), depth - from_hold);
    stream->held = depth;
    for (size_t i = 0; i < stream->mark_count; i++) {
        stream->marks[i].start -= (int64_t)len;
        stream->marks[i].end -= (int64_t)len;
    }
    stream->stars_end -= (int64_t)len;
    if (stream->stars_end < -(int64_t)depth)
        stream->stars_end = -(int64_t)depth - 1;
    stream->emitted = -(int64_t)depth;
}

int chg_mask_stream_feed(struct chg_mask_stream *stream, const void *data, size_t len,
                         const char **out, size_t *out_len)
{
    const unsigned char *bytes = data;
    size_t at = 0;
    size_t depth;
    int rc;

    *out = data;
    *out_len = len;
    if (stream->automaton == NULL || len == 0)
        return 0;
    rc = reserve(stream, len);
    if (rc < 0)
        return rc;
    while (at < len) {
        if (stream->state == 0)
            at = chg_mask_filter_skip(&stream->automaton->filter, bytes, at, len);
        at = run_automaton(stream, bytes, at, len);
    }
    depth = stream->automaton->nodes[stream->state].depth;
    if (stream->held > 0 || stream->out_len > 0 || stream->mark_count > 0) {
        emit(stream, bytes, (int64_t)len - (int64_t)depth);
        *out = stream->out;
        *out_len = stream->out_len;
    } else {
        *out_len = len - depth;
    }
    hold_back(stream, bytes, len, depth);
    return 0;
}

int chg_mask_stream_finish(struct chg_mask_stream *stream, const char **out, size_t *out_len)
{
    int rc;

    *out = "";
    *out_len = 0;
    if (stream->automaton == NULL)
        return 0;
    rc = reserve(stream, 0);
    if (rc < 0)
        return rc;
    emit(stream, NULL, 0);
    *out = stream->out;
    *out_len = stream->out_len;
    stream->state = 0;
    stream->held = 0;
    stream->emitted = 0;
    stream->stars_end = -1;
    return 0;
}
