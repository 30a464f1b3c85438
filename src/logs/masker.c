/* SPDX-License-Identifier: MIT */
/*
 * The set of secrets, and the public face of masking. The lock guards the change from collecting
 * values to searching them; afterwards the masker is immutable. No other lock is taken under it.
 */
#include "logs/masker.h"

#include <string.h>

#include <chengis/error.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/ref.h"
#include "base/secret.h"
#include "base/thread.h"
#include "logs/mask_forms.h"
#include "logs/masker_priv.h"

#include "base/banned.h"

#define MASKER_MAGIC CHG_MAGIC('m', 's', 'k', 'r')
#define STREAM_MAGIC CHG_MAGIC('m', 's', 't', 'r')

struct chengis_masker {
    uint32_t magic;
    struct chg_ref ref;
    struct chg_mutex lock;
    /* guarded by lock until compiled, then immutable */
    struct chg_mask_forms forms;
    size_t value_count;
    size_t value_bytes;
    bool compiled;
    struct chg_mask_automaton *automaton;
};

struct chengis_mask_stream {
    uint32_t magic;
    struct chg_mask_stream *stream;
};

int chengis_masker_new(chengis_masker **out)
{
    chengis_masker *masker;

    chengis_error_clear();
    CHG_REQUIRE(out != NULL);
    masker = chg_new(chengis_masker);
    if (masker == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    masker->magic = MASKER_MAGIC;
    chg_ref_init(&masker->ref);
    chg_mutex_init(&masker->lock);
    *out = masker;
    return 0;
}

static int add_locked(chengis_masker *masker, const char *value, size_t len)
{
    int rc;

    if (masker->compiled)
        return chg_error_set(CHENGIS_ERR_STATE, "the masker is in use: values can be added only "
                                                "before its first use");
    if (masker->value_count >= CHENGIS_MASK_MAX_VALUES ||
        masker->value_bytes + len > CHENGIS_MASK_MAX_TOTAL)
        return chg_error_set(CHENGIS_ERR_LIMIT,
                             "too many values to mask: the limits are %d values and %d bytes "
                             "together",
                             CHENGIS_MASK_MAX_VALUES, CHENGIS_MASK_MAX_TOTAL);
    rc = chg_mask_forms_add(&masker->forms, value, len);
    if (rc == 0) {
        masker->value_count++;
        masker->value_bytes += len;
    }
    return rc;
}

int chengis_masker_add(chengis_masker *masker, const char *value, size_t len)
{
    int rc;

    chengis_error_clear();
    CHG_REQUIRE(CHG_IS(masker, MASKER_MAGIC));
    CHG_REQUIRE(value != NULL || len == 0);
    if (len < CHENGIS_MASK_MIN_LENGTH)
        return 1;
    if (len > CHENGIS_MASK_MAX_LENGTH)
        return chg_error_set(CHENGIS_ERR_LIMIT, "a value to mask has %zu bytes: the limit is %d",
                             len, CHENGIS_MASK_MAX_LENGTH);
    chg_mutex_lock(&masker->lock);
    rc = add_locked(masker, value, len);
    chg_mutex_unlock(&masker->lock);
    return rc;
}

chengis_masker *chengis_masker_ref(chengis_masker *masker)
{
    if (CHG_IS(masker, MASKER_MAGIC))
        chg_ref_get(&masker->ref);
    return masker;
}

chengis_masker *chengis_masker_unref(chengis_masker *masker)
{
    if (!CHG_IS(masker, MASKER_MAGIC) || !chg_ref_put(&masker->ref))
        return NULL;
    masker->magic = 0;
    chg_mask_forms_fini(&masker->forms);
    chg_mask_automaton_free(masker->automaton);
    chg_mutex_fini(&masker->lock);
    chg_free(masker);
    return NULL;
}

static int compile_locked(chengis_masker *masker)
{
    int rc;

    if (masker->compiled)
        return 0;
    if (masker->forms.len > 0) {
        chg_mask_forms_sort(&masker->forms);
        rc = chg_mask_automaton_new(&masker->automaton, &masker->forms);
        if (rc < 0)
            return rc;
        chg_mask_forms_fini(&masker->forms);
    }
    masker->compiled = true;
    return 0;
}

int chg_masker_compile(const struct chg_mask_automaton **out, chengis_masker *masker)
{
    int rc;

    *out = NULL;
    if (masker == NULL)
        return 0;
    chg_mutex_lock(&masker->lock);
    rc = compile_locked(masker);
    *out = masker->automaton;
    chg_mutex_unlock(&masker->lock);
    return rc;
}

/* Mask a text at once into a heap buffer with a NUL behind it. */
static int mask_whole(char **out, size_t *out_len, chengis_masker *masker, const char *text,
                      size_t len)
{
    struct chg_mask_stream *stream = NULL;
    chg_autofree char *copy = chg_malloc(len + 4); /* *** in place of fewer bytes than that, NUL */
    const char *part = NULL;
    size_t part_len = 0;
    size_t total = 0;
    int rc = copy != NULL ? chg_mask_stream_new(&stream, masker) : CHENGIS_ERR_NO_MEMORY;

    if (rc == 0)
        rc = chg_mask_stream_feed(stream, text, len, &part, &part_len);
    if (rc == 0) {
        memcpy(copy, part, part_len);
        total = part_len;
        rc = chg_mask_stream_finish(stream, &part, &part_len);
    }
    if (rc == 0) {
        memcpy(copy + total, part, part_len);
        copy[total + part_len] = '\0';
        *out_len = total + part_len;
        *out = chg_steal(&copy);
    }
    chg_mask_stream_free(stream);
    return rc;
}

int chengis_masker_mask(char **out, size_t *out_len, chengis_masker *masker, const char *text,
                        size_t len)
{
    chengis_error_clear();
    CHG_REQUIRE(out != NULL && out_len != NULL);
    CHG_REQUIRE(CHG_IS(masker, MASKER_MAGIC));
    CHG_REQUIRE(text != NULL || len == 0);
    return mask_whole(out, out_len, masker, text != NULL ? text : "", len);
}

char *chg_mask_text(chengis_masker *masker, const char *text)
{
    char *out = NULL;
    size_t len;

    if (mask_whole(&out, &len, masker, text, strlen(text)) < 0)
        return NULL;
    return out;
}

int chengis_mask_stream_new(chengis_mask_stream **out, chengis_masker *masker)
{
    chengis_mask_stream *stream;
    int rc;

    chengis_error_clear();
    CHG_REQUIRE(out != NULL);
    CHG_REQUIRE(CHG_IS(masker, MASKER_MAGIC));
    stream = chg_new(chengis_mask_stream);
    if (stream == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    rc = chg_mask_stream_new(&stream->stream, masker);
    if (rc < 0) {
        chg_free(stream);
        return rc;
    }
    stream->magic = STREAM_MAGIC;
    *out = stream;
    return 0;
}

int chengis_mask_stream_feed(const char **out, size_t *out_len, chengis_mask_stream *stream,
                             const char *data, size_t len)
{
    chengis_error_clear();
    CHG_REQUIRE(out != NULL && out_len != NULL);
    CHG_REQUIRE(CHG_IS(stream, STREAM_MAGIC));
    CHG_REQUIRE(data != NULL || len == 0);
    return chg_mask_stream_feed(stream->stream, data != NULL ? data : "", len, out, out_len);
}

int chengis_mask_stream_finish(const char **out, size_t *out_len, chengis_mask_stream *stream)
{
    chengis_error_clear();
    CHG_REQUIRE(out != NULL && out_len != NULL);
    CHG_REQUIRE(CHG_IS(stream, STREAM_MAGIC));
    return chg_mask_stream_finish(stream->stream, out, out_len);
}

chengis_mask_stream *chengis_mask_stream_unref(chengis_mask_stream *stream)
{
    if (!CHG_IS(stream, STREAM_MAGIC))
        return NULL;
    stream->magic = 0;
    chg_mask_stream_free(stream->stream);
    chg_free(stream);
    return NULL;
}
