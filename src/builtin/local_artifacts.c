/* SPDX-License-Identifier: MIT */
/*
 * Artifact handler "local": copies matching files of the workspace into the build's folder. Regular
 * files only: a symbolic link is never followed, neither as the file nor as a folder on the way.
 * Names are flat: path with '/' as
 * '_'; a name that is taken gets "-2", "-3" before its suffix, so both files are kept.
 */
#include "builtin/builtin.h"

#include "base/alloc.h"
#include "base/cleanup.h"
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
#include <string.h>
#include <sys/stat.h>

#include "base/banned.h"

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
};

static const char *content_type(const char *path)
{
    for (size_t i = 0; i < sizeof(content_types) / sizeof(content_types[0]); i++) {
        if (chg_ends_with(path, content_types[i].suffix))
            return content_types[i].type;
    }
    return "application/octet-stream";
}

/* A name not yet used in this build: "a_b.tar.gz", then "a_b-2.tar.gz". Heap or NULL. */
static char *unique_name(struct collection *c, const char *relative)
{
    chg_auto(str) name = CHG_STR_INIT;
    const char *slash, *dot;
    size_t stem;

    chg_str_add(&name, relative);
    for (size_t i = 0; i < name.len; i++) {
        if (name.ptr[i] == '/')
            name.ptr[i] = '_';
    }
    slash = strrchr(relative, '/');
    dot =
        strchr(slash != NULL ? slash + 2 : relative + 1, '.'); /* a leading dot begins no suffix */
    stem = dot != NULL ? (size_t)(dot - relative) : name.len;
    for (unsigned n = 2; chg_str_check(&name) == 0 && chg_map_get(&c->names, name.ptr) != NULL;
         n++) {
        chg_str_reset(&name);
        chg_str_add_len(&name, relative, stem);
        for (size_t i = 0; i < name.len; i++) {
            if (name.ptr[i] == '/')
                name.ptr[i] = '_';
        }
        chg_str_addf(&name, "-%u%s", n, relative + stem);
    }
    if (chg_str_check(&name) < 0 || chg_map_put(&c->names, name.ptr, c) < 0)
        return NULL;
    return chg_str_take(&name);
}

static int keep(struct collection *c, const char *relative)
{
    chg_autofd int in = chg_fs_open_beneath(c->workspace_fd, relative, O_RDONLY | O_NONBLOCK, 0);
    chg_autofd int out = -1;
    chg_autofree char *name = NULL, *path = NULL;
    char sha256[65];
    struct stat st;
    uint64_t size;
    int rc;

    if (in < 0) /* gone, unreadable or reached through a link: a file that is not there to keep */
        return c->request->log(c->request->add_data, chg_error_message());
    if (fstat(in, &st) < 0 || !S_ISREG(st.st_mode))
        return 0;
    name = unique_name(c, relative);
    if (name == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    path = chg_path_join(c->request->destination, name);
    if (path == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    out =
        openat(c->destination_fd, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, st.st_mode & 0700);
    if (out < 0)
        return chg_error_sys(0, errno, "artifact '%s': cannot create '%s'", relative, path);
    rc = chg_digest_copy(in, out, sha256, &size);
    if (rc < 0) {
        (void)unlinkat(c->destination_fd, name, 0);
        return chg_error_prefix("artifact '%s'", relative);
    }
    return c->request->add(c->request->add_data,
                           &(chengis_artifact_info){.struct_size = sizeof(chengis_artifact_info),
                                                    .filename = name,
                                                    .original_path = relative,
                                                    .path = path,
                                                    .size_bytes = size,
                                                    .sha256 = sha256,
                                                    .content_type = content_type(relative)});
}

static int visit(const struct chg_fs_entry *entry, void *userdata)
{
    struct collection *c = userdata;
    bool wanted = false;

    if (entry->is_dir) {
        for (size_t i = 0; i < c->globs.len && !wanted; i++)
            wanted = chg_glob_may_match_below(c->globs.items[i], entry->relative);
        return wanted ? 0 : 1;
    }
    if (!entry->is_regular)
        return 0;
    for (size_t i = 0; i < c->globs.len; i++) {
        if (chg_glob_match(c->globs.items[i], entry->relative)) {
            c->used.items[i] = true;
            wanted = true;
        }
    }
    return wanted ? keep(c, entry->relative) : 0;
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
