/* SPDX-License-Identifier: MIT */
/* How a program is found. */
#include "proc_test.h"

#include <stdio.h>
#include <sys/stat.h>

TestSuite(proc_spawn_path, .timeout = 60);

static struct ran ran;

static void put_tool(const char *dir, const char *name, const char *says, mode_t mode)
{
    char text[128];

    (void)snprintf(text, sizeof(text), "#!/bin/sh\necho %s\n", says);
    write_file(path_in(dir, name), text);
    cr_assert(chmod(path_in(dir, name), mode) == 0);
}

static int run_with_path(const char *search, const char *dir, const char *program)
{
    struct chg_spawn request = request_of(ARGV(program));
    char variable[512];

    (void)snprintf(variable, sizeof(variable), "PATH=%s", search);
    request.envp = ARGV("A=1", variable);
    request.dir = dir;
    return run_request(&ran, request);
}

static const char *path_of_two(const char *dir, const char *first, const char *second)
{
    static char search[512];

    (void)snprintf(search, sizeof(search), "%s/%s:%s/%s", dir, first, dir, second);
    return search;
}

Test(proc_spawn_path, takes_the_first_of_the_search_path)
{
    TEMP_DIR(dir);

    put_tool(dir, "one/tool", "first", 0755);
    put_tool(dir, "two/tool", "second", 0755);
    assert_ok(run_with_path(path_of_two(dir, "one", "two"), NULL, "tool"));

    cr_assert_str_eq(ran.out, "first\n");
}

Test(proc_spawn_path, passes_over_what_cannot_be_executed)
{
    TEMP_DIR(dir);

    put_tool(dir, "one/tool", "first", 0644);
    put_tool(dir, "two/tool", "second", 0755);
    assert_ok(run_with_path(path_of_two(dir, "one", "two"), NULL, "tool"));

    cr_assert_str_eq(ran.out, "second\n");
}

Test(proc_spawn_path, passes_over_a_directory_of_that_name)
{
    TEMP_DIR(dir);

    put_tool(dir, "one/tool/x", "first", 0755);
    put_tool(dir, "two/tool", "second", 0755);
    assert_ok(run_with_path(path_of_two(dir, "one", "two"), NULL, "tool"));

    cr_assert_str_eq(ran.out, "second\n");
}

Test(proc_spawn_path, counts_relative_entries_from_the_directory_of_the_child)
{
    TEMP_DIR(dir);

    put_tool(dir, "bin/tool", "relative", 0755);
    put_tool(dir, "here", "empty-entry", 0755);
    assert_ok(run_with_path("bin", dir, "tool"));
    cr_assert_str_eq(ran.out, "relative\n");

    assert_ok(run_with_path("/nonexistent::bin", dir, "here"));
    cr_assert_str_eq(ran.out, "empty-entry\n");
}

Test(proc_spawn_path, says_where_it_looked)
{
    assert_err(run_with_path("/nonexistent/a:/nonexistent/b", NULL, "tool"), CHENGIS_ERR_NOT_FOUND,
               "program 'tool' was not found in PATH (/nonexistent/a:/nonexistent/b)");
}

Test(proc_spawn_path, says_when_the_only_candidate_is_not_executable)
{
    TEMP_DIR(dir);

    put_tool(dir, "one/tool", "first", 0644);
    assert_err(run_with_path(path_of_two(dir, "one", "two"), NULL, "tool"), CHENGIS_ERR_PERMISSION,
               "program 'tool' is not executable");
}

Test(proc_spawn_path, has_a_default_when_the_environment_has_none)
{
    struct chg_spawn request = request_of(ARGV("echo", "found"));

    request.envp = ARGV("A=1");
    assert_ok(run_request(&ran, request));

    cr_assert_str_eq(ran.out, "found\n");
}
