/* SPDX-License-Identifier: MIT */
/*
 * Artifact handler "local": copies matching files of the workspace into the build's folder. Regular
 * files only: a symbolic link is never followed, neither as the file nor as a folder on the way.
 * Names are flat: path with '/' as '_'; a name that is taken gets "-2", "-3" before its suffix, so
 * both files are kept; one that is too long is cut and gets digits of the path's digest.
 */
#include "builtin/builtin.h"

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/fs.h"
#include "base/glob.h"
#include "base/map.h"
#include "base/path.h"
#include "base/str.h"
#include "base/vec.h"
#include "crypto/digest.h"

#include <chengis/sys/artifact_handler.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/banned.h"

#define SHORT_DIGITS 16
#define MAX_SUFFIX   32 /* what is longer is no suffix that people know */
#define MAX_NUMBER   11 /* "-" and a number */

static const struct {
    const char *suffix;
    const char *type;
} content_types[] = {
    {".jar", "application/java-archive"},
    {".zip", "application/zip"},
    {".tar.gz", "application/gzip"},
    {".htm", "text/html"},
    {".html", "text/html"},
    {".json", "application/json"},
    {".xml", "application/xml"},
    {".txt", "text/plain"},
    {".log", "text/plain"},
    {".css", "text/css"},
    {".js", "application/javascript"},
    {".pdf", "application/pdf"},
    {".png", "image/png"},
    {".jpg", "image/jpeg"},
    {".svg", "image/svg+xml"},
};

struct collection {
    const chengis_artifact_request *request;
    CHG_VEC(struct chg_glob *) globs;
    CHG_VEC(bool) used; /* did glob i match anything? */
    struct chg_map names;
    int workspace_fd;
    int destination_fd;
    int64_t deadline; /* monotonic ms; 0 none */
};

static const char *content_type(const char *path)
{
    for (size_t i = 0; i < sizeof(content_types) / sizeof(content_types[0]); i++) {
        if (chg_ends_with(path, content_types[i].suffix))
            return content_types[i].type;
    }
    return "application/octet-stream";
}

/* ---- names ---- */

/* The first digits of the digest of a path: tells apart what is cut to the same length. */
static int path_digits(char out[SHORT_DIGITS + 1], const char *relative)
{
    struct chg_digest *digest;
    char hex[CHG_DIGEST_HEX_SIZE];
    int rc = chg_digest_new(&digest);

    if (rc < 0)
        return rc;
    rc = chg_digest_update(digest, relative, strlen(relative));
    if (rc == 0)
        rc = chg_digest_final_hex(digest, hex);
    chg_digest_free(digest);
    if (rc == 0)
        (void)snprintf(out, SHORT_DIGITS + 1, "%.*s", SHORT_DIGITS, hex);
    return rc;
}

/* Where the suffix of the last component begins; at the end for none. A leading dot begins none. */
static size_t suffix_offset(const char *relative)
{
    const char *slash = strrchr(relative, '/');
    const char *name = slash != NULL ? slash + 1 : relative;
    const char *dot = *name != '\0' ? strchr(name + 1, '.') : NULL;

    return dot != NULL && strlen(dot) <= MAX_SUFFIX ? (size_t)(dot - relative) : strlen(relative);
}

/* The n-th name for a path: "a_b.tar.gz", then "a_b-2.tar.gz". Too long for a file name: the stem
 * is cut and marked with digits of the path's digest. */
static int make_name(struct chg_str *out, const char *relative, unsigned n)
{
    size_t stem = suffix_offset(relative);
    chg_auto(str) tail = CHG_STR_INIT;
    char digits[SHORT_DIGITS + 1];

    if (strlen(relative) + MAX_NUMBER > NAME_MAX) {
        int rc = path_digits(digits, relative);

        if (rc < 0)
            return rc;
        chg_str_addf(&tail, "-%s", digits);
    }
    if (n > 1)
        chg_str_addf(&tail, "-%u", n);
    chg_str_add(&tail, relative + stem);
    if (stem + tail.len > NAME_MAX) {
        stem = NAME_MAX - tail.len;
        while (stem > 0 && ((unsigned char)relative[stem] & 0xC0) == 0x80)
            stem--; /* not within a character */
    }
    chg_str_reset(out);
    chg_str_add_len(out, relative, stem);
    chg_str_add(out, tail.ptr);
    for (size_t i = 0; i < out->len; i++) {
        if (out->ptr[i] == '/')
            out->ptr[i] = '_';
    }
    return chg_str_check(&tail) < 0 ? chg_error_code() : chg_str_check(out);
}

/* A name not yet used in this build. Heap or NULL. */
static char *unique_name(struct collection *c, const char *relative)
{
    chg_auto(str) name = CHG_STR_INIT;
    int rc = make_name(&name, relative, 1);

    for (unsigned n = 2; rc == 0 && chg_map_get(&c->names, name.ptr) != NULL; n++)
        rc = make_name(&name, relative, n);
    if (rc < 0 || chg_map_put(&c->names, name.ptr, c) < 0)
        return NULL;
    return chg_str_take(&name);
}

/* ---- files ---- */

/* Gone, or become a link since the folder was read: 0, said in the log. Any other reason is an
 * error. */
static int explain_missing(const struct collection *c, const char *relative)
{
    int err = chengis_error_last()->sys_errno;

    if (err == 0 || err == ENOENT || err == ELOOP || err == EXDEV)
        return c->request->log(c->request->add_data, chg_error_message());
    return chg_error_prefix("artifact '%s'", relative);
}

/* Copy into the folder of the build. */
static int copy(struct collection *c, int in, mode_t mode, const char *name, char sha256[],
                uint64_t *size)
{
    chg_autofd int out =
        openat(c->destination_fd, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode & 0700);
    int rc;

    if (out < 0)
        return chg_error_sys(0, errno, "cannot create '%s/%s'", c->request->destination, name);
    rc = chg_digest_copy(in, out, sha256, size);
    if (rc < 0)
        (void)unlinkat(c->destination_fd, name, 0);
    return rc;
}

static int keep(struct collection *c, const char *relative)
{
    chg_autofd int in = chg_fs_open_beneath(c->workspace_fd, relative, O_RDONLY | O_NONBLOCK, 0);
    chg_autofree char *name = NULL, *path = NULL;
    char sha256[CHG_DIGEST_HEX_SIZE];
    struct stat st;
    uint64_t size;

    if (in < 0)
        return explain_missing(c, relative);
    if (fstat(in, &st) < 0)
        return chg_error_sys(0, errno, "artifact '%s' cannot be read", relative);
    if (!S_ISREG(st.st_mode))
        return 0;
    name = unique_name(c, relative);
    path = name != NULL ? chg_path_join(c->request->destination, name) : NULL;
    if (path == NULL)
        return chg_error_code();
    if (copy(c, in, st.st_mode, name, sha256, &size) < 0)
        return chg_error_prefix("artifact '%s'", relative);
    return c->request->add(c->request->add_data,
                           &(chengis_artifact_info){.struct_size = sizeof(chengis_artifact_info),
                                                    .filename = name,
                                                    .original_path = relative,
                                                    .path = path,
                                                    .size_bytes = size,
                                                    .sha256 = sha256,
                                                    .content_type = content_type(relative)});
}

/* Asked before each file. */
static int check_limits(const struct collection *c)
{
    struct pollfd cancel = {.fd = c->request->cancel_fd, .events = POLLIN};

    if (c->request->cancel_fd >= 0 && poll(&cancel, 1, 0) == 1)
        return chg_error_set(CHENGIS_ERR_CANCELLED, "cancelled while artifacts were kept");
    if (c->deadline > 0 && chg_clock_mono_ms() >= c->deadline)
        return chg_error_set(CHENGIS_ERR_TIMEOUT, "artifacts could not be kept within %d ms",
                             (int)c->request->timeout_ms);
    return 0;
}

static int visit(const struct chg_fs_entry *entry, void *userdata)
{
    struct collection *c = userdata;
    bool wanted = false;
    int rc;

    if (entry->is_dir) {
        for (size_t i = 0; i < c->globs.len && !wanted; i++)
            wanted = chg_glob_may_match_below(c->globs.items[i], entry->relative);
        return wanted && !c->request->is_private(c->request->add_data, entry->relative) ? 0 : 1;
    }
    if (!entry->is_regular || c->request->is_private(c->request->add_data, entry->relative))
        return 0;
    for (size_t i = 0; i < c->globs.len; i++) {
        if (chg_glob_match(c->globs.items[i], entry->relative)) {
            c->used.items[i] = true;
            wanted = true;
        }
    }
    if (!wanted)
        return 0;
    rc = check_limits(c);
    return rc == 0 ? keep(c, entry->relative) : rc;
}

static int open_folders(struct collection *c)
{
    int rc = chg_fs_mkdirs(c->request->destination, 0700);

    if (rc < 0)
        return rc;
    c->workspace_fd = open(c->request->workspace, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (c->workspace_fd < 0)
        return chg_error_sys(0, errno, "cannot open workspace '%s'", c->request->workspace);
    c->destination_fd = open(c->request->destination, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (c->destination_fd < 0)
        return chg_error_sys(0, errno, "cannot open artifact folder '%s'", c->request->destination);
    return 0;
}

static int compile_patterns(struct collection *c)
{
    for (size_t i = 0; c->request->patterns[i] != NULL; i++) {
        struct chg_glob *glob;
        int rc = chg_glob_compile(&glob, c->request->patterns[i]);

        if (rc < 0)
            return rc;
        if (chg_vec_push(&c->globs, glob) < 0) {
            chg_glob_free(glob);
            return CHENGIS_ERR_NO_MEMORY;
        }
        if (chg_vec_push(&c->used, false) < 0)
            return CHENGIS_ERR_NO_MEMORY;
    }
    return 0;
}

static int report_unused(const struct collection *c)
{
    for (size_t i = 0; i < c->used.len; i++) {
        chg_autofree char *line = NULL;
        int rc;

        if (c->used.items[i])
            continue;
        line = chg_asprintf("artifacts: no file matches '%s'", c->request->patterns[i]);
        rc = line != NULL ? c->request->log(c->request->add_data, line) : CHENGIS_ERR_NO_MEMORY;
        if (rc < 0)
            return rc;
    }
    return 0;
}

static int collect(void *self, const chengis_artifact_request *request)
{
    struct collection c = {
        .request = request, .workspace_fd = -1, .destination_fd = -1, .names = CHG_MAP_INIT(NULL)};
    int rc;

    (void)self;
    if (request->timeout_ms > 0)
        c.deadline = chg_clock_mono_ms() + request->timeout_ms;
    rc = compile_patterns(&c);
    if (rc == 0)
        rc = open_folders(&c);
    if (rc == 0)
        rc = chg_fs_walk(request->workspace, visit, &c);
    if (rc == 0)
        rc = report_unused(&c);
    if (c.workspace_fd >= 0)
        (void)close(c.workspace_fd);
    if (c.destination_fd >= 0)
        (void)close(c.destination_fd);
    for (size_t i = 0; i < c.globs.len; i++)
        chg_glob_free(c.globs.items[i]);
    chg_vec_fini(&c.globs);
    chg_vec_fini(&c.used);
    chg_map_fini(&c.names);
    return rc;
}

int chg_builtin_local_artifacts_add(chengis_registry *registry)
{
    return chengis_registry_add_artifact_handler(
        registry, &(chengis_artifact_handler){.struct_size = sizeof(chengis_artifact_handler),
                                              .name = "local",
                                              .collect = collect});
}
