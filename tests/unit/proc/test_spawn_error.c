/* SPDX-License-Identifier: MIT */
/* A start that fails says what is missing. */
#include "proc_test.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "proc/spawn_priv.h"

#define ARG_STRING_MAX 131071

TestSuite(proc_spawn_error, .timeout = 60);

static struct ran ran;

static const char *script_in(const char *dir, const char *text, mode_t mode)
{
    const char *path = path_in(dir, "script");

    write_file(path, text);
    cr_assert(chmod(path, mode) == 0);
    return path;
}

Test(proc_spawn_error, names_a_missing_program)
{
    assert_err(run_argv(&ran, ARGV("/nonexistent/tool")), CHENGIS_ERR_NOT_FOUND,
               "program '/nonexistent/tool' does not exist");
}

Test(proc_spawn_error, names_a_program_below_a_file)
{
    assert_err(run_argv(&ran, ARGV("/etc/passwd/tool")), CHENGIS_ERR_NOT_FOUND,
               "program '/etc/passwd/tool' does not exist");
}

Test(proc_spawn_error, names_a_missing_interpreter)
{
    TEMP_DIR(dir);

    assert_err(run_argv(&ran, ARGV(script_in(dir, "#! /no/such/bash -e\n", 0755))),
               CHENGIS_ERR_NOT_FOUND, "its interpreter '/no/such/bash' does not");
}

Test(proc_spawn_error, names_the_interpreter_of_a_relative_script)
{
    TEMP_DIR(dir);
    struct chg_spawn request = request_of(ARGV("./script"));

    (void)script_in(dir, "#!/no/such/python\n", 0755);
    request.dir = dir;
    assert_err(run_request(&ran, request), CHENGIS_ERR_NOT_FOUND, "'/no/such/python'");
}

Test(proc_spawn_error, explains_dos_line_ends)
{
    TEMP_DIR(dir);

    assert_err(run_argv(&ran, ARGV(script_in(dir, "#!/bin/sh\r\necho\r\n", 0755))),
               CHENGIS_ERR_NOT_FOUND, "carriage return");
}

Test(proc_spawn_error, names_an_interpreter_that_may_not_be_executed)
{
    TEMP_DIR(dir);

    assert_err(run_argv(&ran, ARGV(script_in(dir, "#!/etc/passwd\n", 0755))),
               CHENGIS_ERR_PERMISSION, "interpreter '/etc/passwd' is not executable");
}

Test(proc_spawn_error, names_a_missing_directory)
{
    struct chg_spawn request = request_of(ARGV("true"));

    request.dir = "/nonexistent/work";
    assert_err(run_request(&ran, request), CHENGIS_ERR_NOT_FOUND,
               "directory '/nonexistent/work' does not exist");
}

Test(proc_spawn_error, names_a_directory_that_is_a_file)
{
    struct chg_spawn request = request_of(ARGV("true"));

    request.dir = "/etc/passwd";
    assert_err(run_request(&ran, request), CHENGIS_ERR_NOT_FOUND, "is not a directory");
}

Test(proc_spawn_error, refuses_a_file_that_is_not_executable)
{
    TEMP_DIR(dir);

    assert_err(run_argv(&ran, ARGV(script_in(dir, "#!/bin/sh\n", 0644))), CHENGIS_ERR_PERMISSION,
               "script' is not executable");
}

Test(proc_spawn_error, refuses_a_directory_as_program)
{
    assert_err(run_argv(&ran, ARGV("/etc")), CHENGIS_ERR_PERMISSION, "'/etc' is a directory");
}

Test(proc_spawn_error, runs_no_shell_for_a_script_without_interpreter_line)
{
    TEMP_DIR(dir);

    assert_err(run_argv(&ran, ARGV(script_in(dir, "echo hello\n", 0755))), CHENGIS_ERR_PROCESS,
               "#!/bin/sh");
}

Test(proc_spawn_error, refuses_an_empty_program_name)
{
    assert_err(run_argv(&ran, ARGV("")), CHENGIS_ERR_INVALID, "empty");
}

static char *long_text(const char *start, size_t len)
{
    char *text = malloc(len + 1);

    cr_assert_not_null(text);
    memset(text, 'x', len);
    memcpy(text, start, strlen(start));
    text[len] = '\0';
    return text;
}

Test(proc_spawn_error, passes_an_argument_of_the_greatest_length)
{
    char *text = long_text("", ARG_STRING_MAX);

    assert_ok(run_argv(&ran, ARGV("test", "-n", text)));
    free(text);

    cr_assert_eq(ran.exit.code, 0);
}

Test(proc_spawn_error, names_an_argument_that_is_too_long)
{
    char *text = long_text("", ARG_STRING_MAX + 1);

    assert_err(run_argv(&ran, ARGV("sh", "-c", text)), CHENGIS_ERR_LIMIT,
               "argument 2 has 131072 bytes, the system allows 131071");
    free(text);
}

Test(proc_spawn_error, names_a_variable_that_is_too_long_without_its_value)
{
    struct chg_spawn request = request_of(ARGV("true"));
    char *text = long_text("TOKEN=secret", ARG_STRING_MAX + 1);

    request.envp = ARGV("PATH=/usr/bin:/bin", text);
    assert_err(run_request(&ran, request), CHENGIS_ERR_LIMIT,
               "environment variable 'TOKEN' has 131072 bytes");
    cr_assert_null(strstr(chengis_error_last()->message, "secret"));
    free(text);
}

Test(proc_spawn_error, says_when_all_arguments_together_are_too_long)
{
    static const char *argv[102] = {"true"};
    char *text = long_text("", 100000);
    int i;

    for (i = 1; i <= 100; i++)
        argv[i] = text;
    assert_err(run_argv(&ran, argv), CHENGIS_ERR_LIMIT, "together");
    free(text);
}

Test(proc_spawn_error, says_when_descriptors_are_used_up)
{
    const struct rlimit none = {.rlim_cur = 4, .rlim_max = 4};
    struct chg_spawn request = request_of(ARGV("/bin/true"));
    struct chg_child *child = NULL;
    struct rlimit saved;

    (void)getrlimit(RLIMIT_NOFILE, &saved);
    cr_assert(setrlimit(RLIMIT_NOFILE, &(struct rlimit){.rlim_cur = none.rlim_cur,
                                                        .rlim_max = saved.rlim_max}) == 0);
    int rc = chg_child_spawn(&child, &request);
    (void)setrlimit(RLIMIT_NOFILE, &saved);

    cr_assert_eq(rc, CHENGIS_ERR_LIMIT, "%d %s", rc, chengis_error_last()->message);
}

static int spawn_error_of(enum chg_launch_stage stage, int err)
{
    const struct chg_launched failed = {.stage = stage, .err = err};
    struct chg_spawn request = request_of(ARGV("tool"));

    request.dir = "/work-dir";
    return chg_spawn_error(&failed, &request, "/bin/tool");
}

Test(proc_spawn_error, tells_limits_from_other_failures)
{
    assert_err(spawn_error_of(CHG_LAUNCH_CLONE, EAGAIN), CHENGIS_ERR_LIMIT, "no more processes");
    assert_err(spawn_error_of(CHG_LAUNCH_FDS, EMFILE), CHENGIS_ERR_LIMIT, "no more descriptors");
    assert_err(spawn_error_of(CHG_LAUNCH_CLONE, ENOMEM), CHENGIS_ERR_NO_MEMORY, "tool");
    assert_err(spawn_error_of(CHG_LAUNCH_CGROUP, EACCES), CHENGIS_ERR_PROCESS, "tool");
    assert_err(spawn_error_of(CHG_LAUNCH_DIR, EACCES), CHENGIS_ERR_PERMISSION, "/work-dir");
    assert_err(spawn_error_of(CHG_LAUNCH_EXEC, ETXTBSY), CHENGIS_ERR_PROCESS, "open for writing");
    assert_err(spawn_error_of(CHG_LAUNCH_EXEC, EIO), CHENGIS_ERR_PROCESS, "tool");
}
