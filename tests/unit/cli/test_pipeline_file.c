/* SPDX-License-Identifier: MIT */
/* Where a pipeline given on the command line is, and what it builds. */
#include "cli/pipeline_file.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support.h"

#define GOOD "name: x\nstages:\n  - name: s\n    steps: [{name: t, run: 'true'}]\n"

/* The real path of DIR/NAME. */
static const char *real_path(const char *dir, const char *name)
{
    static char buffer[4096];

    cr_assert_not_null(realpath(path_in(dir, name), buffer));
    return buffer;
}

Test(cli_pipeline_file, a_folder_is_searched_in_the_order_of_detection)
{
    struct chg_pipeline_place place = CHG_PIPELINE_PLACE_INIT;
    TEMP_DIR(dir);

    write_file(path_in(dir, "chengis.yml"), GOOD);
    assert_ok(chg_pipeline_place_find(&place, dir));

    cr_expect(place.detected);
    cr_expect(chg_ends_with(place.file, "/chengis.yml"));
    cr_expect_str_eq(place.source_dir, real_path(dir, "."));
    chg_pipeline_place_fini(&place);
}

Test(cli_pipeline_file, a_folder_without_a_pipeline_says_what_was_looked_for)
{
    struct chg_pipeline_place place = CHG_PIPELINE_PLACE_INIT;
    TEMP_DIR(dir);

    assert_err(chg_pipeline_place_find(&place, dir), CHENGIS_ERR_NOT_FOUND, "Chengisfile");
    chg_pipeline_place_fini(&place);
}

Test(cli_pipeline_file, a_file_builds_the_work_tree_that_holds_it)
{
    struct chg_pipeline_place place = CHG_PIPELINE_PLACE_INIT;
    TEMP_DIR(dir);

    cr_assert_eq(mkdir(path_in(dir, ".git"), 0700), 0);
    write_file(path_in(dir, "a/b/ci.yml"), GOOD);
    assert_ok(chg_pipeline_place_find(&place, path_in(dir, "a/b/ci.yml")));

    cr_expect_not(place.detected);
    cr_expect_str_eq(place.source_dir, real_path(dir, "."));
    chg_pipeline_place_fini(&place);
}

Test(cli_pipeline_file, a_linked_work_tree_has_a_file_instead_of_a_folder)
{
    struct chg_pipeline_place place = CHG_PIPELINE_PLACE_INIT;
    TEMP_DIR(dir);

    write_file(path_in(dir, ".git"), "gitdir: elsewhere\n");
    write_file(path_in(dir, "sub/ci.yml"), GOOD);
    assert_ok(chg_pipeline_place_find(&place, path_in(dir, "sub/ci.yml")));

    cr_expect_str_eq(place.source_dir, real_path(dir, "."));
    chg_pipeline_place_fini(&place);
}

Test(cli_pipeline_file, without_git_a_file_builds_its_folder)
{
    struct chg_pipeline_place place = CHG_PIPELINE_PLACE_INIT;
    TEMP_DIR(dir);

    write_file(path_in(dir, "sub/ci.yml"), GOOD);
    assert_ok(chg_pipeline_place_find(&place, path_in(dir, "sub/ci.yml")));

    cr_expect_str_eq(place.source_dir, real_path(dir, "sub"));
    chg_pipeline_place_fini(&place);
}

Test(cli_pipeline_file, a_dash_is_stdin)
{
    struct chg_pipeline_place place = CHG_PIPELINE_PLACE_INIT;

    assert_ok(chg_pipeline_place_find(&place, "-"));

    cr_expect_str_eq(place.file, "/dev/stdin");
    cr_expect_not_null(place.source_dir);
    chg_pipeline_place_fini(&place);
}

Test(cli_pipeline_file, what_does_not_exist_is_not_found)
{
    struct chg_pipeline_place place = CHG_PIPELINE_PLACE_INIT;

    assert_err(chg_pipeline_place_find(&place, "/nonexistent/x.yml"), CHENGIS_ERR_NOT_FOUND,
               "'/nonexistent/x.yml' does not exist");
    chg_pipeline_place_fini(&place);
}

Test(cli_pipeline_file, an_invalid_file_is_named)
{
    chg_autoptr(chengis_pipeline) pipeline = NULL;
    struct chg_out out;
    TEMP_DIR(dir);
    int fds[2];

    cr_assert_eq(pipe(fds), 0);
    chg_out_init(&out, fds[1]);
    write_file(path_in(dir, "bad.yml"), "stages: 7\n");

    assert_err(chg_pipeline_file_load(&pipeline, &out, path_in(dir, "bad.yml")),
               CHENGIS_ERR_PIPELINE, "bad.yml' is not valid");
    chg_out_fini(&out);
}

/* The branch of a folder whose .git/HEAD says `head`. */
static char *branch_of(const char *dir, const char *head)
{
    char *branch = NULL;

    write_file(path_in(dir, ".git/HEAD"), head);
    assert_ok(chg_pipeline_branch(&branch, dir));
    return branch;
}

Test(cli_pipeline_file, the_branch_is_that_of_the_work_tree)
{
    TEMP_DIR(dir);
    chg_autofree char *branch = branch_of(dir, "ref: refs/heads/feature/x\n");
    chg_autofree char *detached = branch_of(dir, "0123456789012345678901234567890123456789\n");

    cr_expect_str_eq(branch, "feature/x");
    cr_expect_str_eq(detached, "");
}

Test(cli_pipeline_file, a_linked_work_tree_has_a_branch_of_its_own)
{
    chg_autofree char *branch = NULL;
    TEMP_DIR(dir);

    write_file(path_in(dir, ".git"), "gitdir: main/worktrees/w\n");
    write_file(path_in(dir, "main/worktrees/w/HEAD"), "ref: refs/heads/linked\n");
    assert_ok(chg_pipeline_branch(&branch, dir));
    cr_expect_str_eq(branch, "linked");
    write_file(path_in(dir, ".git"), "odd\n");
    chg_free(branch);
    assert_err(chg_pipeline_branch(&branch, dir), CHENGIS_ERR_IO, "gitdir: PATH");
}

Test(cli_pipeline_file, without_git_there_is_no_branch)
{
    chg_autofree char *branch = NULL;
    TEMP_DIR(dir);

    assert_ok(chg_pipeline_branch(&branch, dir));
    cr_expect_null(branch);
}

Test(cli_pipeline_file, a_pipeline_in_a_folder_above_is_pointed_at)
{
    struct chg_pipeline_place place = CHG_PIPELINE_PLACE_INIT;
    TEMP_DIR(dir);

    write_file(path_in(dir, "chengis.yml"), GOOD);
    cr_assert_eq(mkdir(path_in(dir, "sub"), 0700), 0);
    assert_err(chg_pipeline_place_find(&place, path_in(dir, "sub")), CHENGIS_ERR_NOT_FOUND,
               "chengis.yml and chengis.yaml; there is '");
    chg_pipeline_place_fini(&place);
}
