/* SPDX-License-Identifier: MIT */
/* Artifacts and notifications. */
#include "store_test.h"

static chengis_store *store;
static char *id;

static void set_up(void)
{
    store = open_store(NULL);
    id = make_build(store, 1);
}

static void tear_down(void)
{
    (void)chengis_store_unref(store);
}

TestSuite(store_artifact, .init = set_up, .fini = tear_down);

static int insert_fn(struct chg_conn *conn, void *userdata)
{
    return chg_artifact_insert(conn, userdata);
}

static struct chg_artifact_row artifact(const char *artifact_id, const char *filename)
{
    return (struct chg_artifact_row){.id = text(artifact_id),
                                     .build_id = id,
                                     .filename = text(filename),
                                     .original_path = text("out/x.jar"),
                                     .path = text("/store/x.jar"),
                                     .size_bytes = 5000000000,
                                     .sha256 = text("abc"),
                                     .content_type = text("application/java-archive"),
                                     .created_at = 3};
}

static int see(const struct chg_artifact_row *row, void *userdata)
{
    char *seen = userdata;

    cr_assert_eq(row->size_bytes, 5000000000);
    cr_assert_str_eq(row->original_path, "out/x.jar");
    cr_assert_str_eq(row->path, "/store/x.jar");
    cr_assert_str_eq(row->sha256, "abc");
    cr_assert_str_eq(row->content_type, "application/java-archive");
    (void)strcat(strcat(seen, row->filename), " ");
    return 0;
}

static int list_fn(struct chg_conn *conn, void *userdata)
{
    return chg_artifact_list(conn, id, see, userdata);
}

Test(store_artifact, are_listed_as_they_came)
{
    struct chg_artifact_row b = artifact("1", "b.jar");
    struct chg_artifact_row a = artifact("2", "a.jar");
    char seen[64] = "";

    assert_ok(chg_store_write(store, insert_fn, &b));
    assert_ok(chg_store_write(store, insert_fn, &a));
    assert_ok(chg_store_read(store, list_fn, seen));

    cr_assert_str_eq(seen, "b.jar a.jar ");
}

Test(store_artifact, have_a_name_of_their_own)
{
    struct chg_artifact_row one = artifact("1", "a.jar");
    struct chg_artifact_row two = artifact("2", "a.jar");

    assert_ok(chg_store_write(store, insert_fn, &one));

    assert_err(chg_store_write(store, insert_fn, &two), CHENGIS_ERR_EXISTS, "artifact 'a.jar'");
}

static int notify_fn(struct chg_conn *conn, void *userdata)
{
    return chg_notification_put(conn, userdata);
}

Test(store_artifact, stores_a_notification_and_then_its_outcome)
{
    struct chg_notification_row row = {.id = text("n"),
                                       .build_id = id,
                                       .type = text("slack"),
                                       .status = text("pending"),
                                       .created_at = 5};

    assert_ok(chg_store_write(store, notify_fn, &row));
    cr_assert_eq(scalar(store, "SELECT COUNT(*) FROM build_notifications WHERE status = 'pending' "
                               "AND sent_at IS NULL"),
                 1);
    row.status = text("sent");
    row.sent_at = 6;
    row.details = text("channel #ci");
    assert_ok(chg_store_write(store, notify_fn, &row));

    cr_assert_eq(scalar(store, "SELECT sent_at FROM build_notifications WHERE status = 'sent' "
                               "AND details = 'channel #ci' AND created_at = 5"),
                 6);
}
