/* SPDX-License-Identifier: MIT */
/* The handler of artifacts by itself: names, limits, and files that cannot be kept. */
#include "builtin/builtin.h"
#include "plugin/registry.h"

#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

static char *dir;
static chengis_registry *registry;
static char names[8][300];
static size_t count;
static char log_text[1024];

static int add(void *data, const chengis_artifact_info *info)
{
    (void)data;
    snprintf(names[count++ % 8], sizeof(names[0]), "%s", info->filename);
    cr_assert_eq(access(info->path, F_OK), 0, "'%s' is not kept", info->path);
    return 0;
}

static int say(void *data, const char *line)
{
    (void)data;
    snprintf(log_text, sizeof(log_text), "%s", line);
    return 0;
}

static bool is_secret(void *data, const char *path)
{
    (void)data;
    return strcmp(path, "private") == 0;
}

static void make(void)
{
    dir = temp_dir();
    count = 0;
    assert_ok(chengis_registry_new(&registry, NULL));
    assert_ok(chg_builtin_local_artifacts_add(registry));
}

static void clean(void)
{
    registry = chengis_registry_unref(registry);
    temp_dir_remove(dir);
}

TestSuite(builtin_local_artifacts, .init = make, .fini = clean);

static int collect(const char *pattern, int cancel_fd)
{
    const chengis_artifact_handler *handler = chg_registry_artifact_handler(registry, "local");
    char workspace[512], destination[512];

    snprintf(workspace, sizeof(workspace), "%s", path_in(dir, "w"));
    snprintf(destination, sizeof(destination), "%s", path_in(dir, "kept"));
    return handler->collect(
        handler->self, &(chengis_artifact_request){.struct_size = sizeof(chengis_artifact_request),
                                                   .workspace = workspace,
                                                   .destination = destination,
                                                   .patterns = (const char *const[]){pattern, NULL},
                                                   .add = add,
                                                   .log = say,
                                                   .is_private = is_secret,
                                                   .cancel_fd = cancel_fd});
}

/* A folder and a file whose flat name has `len` bytes and ends with `end`. */
static void write_long(const char *folder, size_t len, const char *end)
{
    char name[600], path[700];
    size_t rest = len - strlen(folder) - 1 - strlen(end);

    memset(name, 'n', rest);
    snprintf(name + rest, sizeof(name) - rest, "%s", end);
    snprintf(path, sizeof(path), "w/%s/%s", folder, name);
    write_file(path_in(dir, path), "x");
}

Test(builtin_local_artifacts, cuts_names_that_are_too_long_and_tells_them_apart)
{
    char folder[251], other[251];

    memset(folder, 'd', 250);
    memset(other, 'd', 250);
    folder[250] = other[250] = '\0';
    other[249] = 'e';
    write_long(folder, 300, ".tar.gz");
    write_long(other, 300, ".tar.gz");
    assert_ok(collect("**/*.tar.gz", -1));

    cr_assert_eq(count, 2);
    for (size_t i = 0; i < count; i++) {
        cr_assert_leq(strlen(names[i]), 255);
        cr_assert_str_eq(names[i] + strlen(names[i]) - 7, ".tar.gz");
    }
    cr_assert_str_neq(names[0], names[1]);
}

Test(builtin_local_artifacts, cuts_no_character_in_two)
{
    char folder[256] = "";

    for (int i = 0; i < 100; i++)
        strcat(folder, "\xc3\xa4");
    write_long(folder, 270, ".x");
    assert_ok(collect("**/*.x", -1));
    write_long(folder, 271, ".y");
    assert_ok(collect("**/*.y", -1));

    cr_assert_eq(count, 2);
    for (size_t n = 0; n < count; n++) {
        const char *dash = strchr(names[n], '-');

        cr_assert_not_null(dash);
        cr_assert(dash[-1] == '\xa4' || dash[-1] == 'n' || dash[-1] == '_');
    }
}

Test(builtin_local_artifacts, keeps_a_name_of_just_the_longest_length)
{
    write_long("d", 244, ".txt");
    assert_ok(collect("**/*.txt", -1));

    cr_assert_eq(strlen(names[0]), 244);
    cr_assert_eq(strncmp(names[0], "d_nnn", 5), 0);
}

Test(builtin_local_artifacts, keeps_nothing_private)
{
    write_file(path_in(dir, "w/private"), "x");
    write_file(path_in(dir, "w/public"), "x");
    assert_ok(collect("*", -1));

    cr_assert_eq(count, 1);
    cr_assert_str_eq(names[0], "public");
}

Test(builtin_local_artifacts, ends_when_told_to)
{
    int fd = eventfd(1, 0);

    write_file(path_in(dir, "w/a"), "x");
    assert_err(collect("*", fd), CHENGIS_ERR_CANCELLED, "cancelled");

    cr_assert_eq(count, 0);
    close(fd);
}

Test(builtin_local_artifacts, fails_when_a_file_cannot_be_read)
{
    if (geteuid() == 0)
        cr_skip("root reads everything");
    write_file(path_in(dir, "w/a"), "x");
    cr_assert_eq(chmod(path_in(dir, "w/a"), 0), 0);

    assert_err(collect("*", -1), CHENGIS_ERR_PERMISSION, "artifact 'a'");
}
