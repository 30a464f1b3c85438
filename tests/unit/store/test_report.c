/* SPDX-License-Identifier: MIT */
/* The public answers: counts and pages. */
#include "store_test.h"

static chengis_store *store;

static void set_up(void)
{
    store = open_store(NULL);
}

static void tear_down(void)
{
    (void)chengis_store_unref(store);
}

TestSuite(store_report, .init = set_up, .fini = tear_down);

static json_t *parse(char *json)
{
    json_t *value = chg_json_parse(json, strlen(json));

    cr_assert_not_null(value, "%s", json);
    chengis_free(json);
    return value;
}

static json_t *page(const chengis_build_query *query)
{
    char *json = NULL;

    assert_ok(chengis_store_builds_json(&json, store, query));
    return parse(json);
}

static int64_t number_of(json_t *page_object, size_t index)
{
    json_t *build = json_array_get(json_object_get(page_object, "builds"), index);

    return json_integer_value(json_object_get(build, "number"));
}

Test(store_report, counts_every_status)
{
    char *json = NULL;

    (void)make_build_as(store, (struct made){.number = 1, .status = CHENGIS_STATUS_SUCCESS});
    (void)make_build_as(store, (struct made){.number = 2, .status = CHENGIS_STATUS_SUCCESS});
    (void)make_build_as(store, (struct made){.number = 3, .job = "other"});
    assert_ok(chengis_store_status_json(&json, store, NULL));

    cr_assert_str_eq(json, "{\"jobs\":2,\"builds\":{\"total\":3,\"queued\":0,\"running\":1,"
                           "\"waiting\":0,\"success\":2,\"failure\":0,\"aborted\":0,\"skipped\":0,"
                           "\"timed-out\":0}}");
    chengis_free(json);
}

Test(store_report, counts_nothing_of_other_organisations)
{
    char *json = NULL;

    (void)make_build(store, 1);
    assert_ok(chengis_store_status_json(&json, store, "other"));

    cr_assert(strstr(json, "\"jobs\":0,\"builds\":{\"total\":0") != NULL, "%s", json);
    chengis_free(json);
}

Test(store_report, goes_through_all_builds_page_by_page)
{
    chengis_build_query query = CHENGIS_BUILD_QUERY_INIT;
    json_t *first;
    json_t *second;

    for (unsigned i = 1; i <= 5; i++)
        (void)make_build(store, i);
    query.limit = 3;
    first = page(&query);
    cr_assert_eq(json_array_size(json_object_get(first, "builds")), 3);
    cr_assert_eq(number_of(first, 0), 5);
    query.before = json_string_value(json_object_get(first, "next"));
    cr_assert_not_null(query.before);
    second = page(&query);

    cr_assert_eq(json_array_size(json_object_get(second, "builds")), 2);
    cr_assert_eq(number_of(second, 0), 2);
    cr_assert(json_is_null(json_object_get(second, "next")));
    json_decref(first);
    json_decref(second);
}

Test(store_report, ends_exactly_where_the_builds_end)
{
    chengis_build_query query = CHENGIS_BUILD_QUERY_INIT;
    json_t *only;

    for (unsigned i = 1; i <= 3; i++)
        (void)make_build(store, i);
    query.limit = 3;
    only = page(&query);

    cr_assert(json_is_null(json_object_get(only, "next")));
    json_decref(only);
}

Test(store_report, gives_fifty_unless_told)
{
    json_t *first;

    for (unsigned i = 1; i <= 51; i++)
        (void)make_build(store, i);
    first = page(NULL);

    cr_assert_eq(json_array_size(json_object_get(first, "builds")), 50);
    cr_assert(json_is_string(json_object_get(first, "next")));
    json_decref(first);
}

Test(store_report, passes_the_filters_on)
{
    chengis_build_query query = CHENGIS_BUILD_QUERY_INIT;
    json_t *found;

    (void)make_build_as(store, (struct made){.number = 1, .job = "a"});
    (void)make_build_as(store, (struct made){.number = 2, .job = "b"});
    (void)make_build_as(store,
                        (struct made){.number = 3, .job = "a", .status = CHENGIS_STATUS_FAILURE});
    query.job = "a";
    query.status = CHENGIS_STATUS_FAILURE;
    found = page(&query);

    cr_assert_eq(json_array_size(json_object_get(found, "builds")), 1);
    cr_assert_eq(number_of(found, 0), 2);
    json_decref(found);
}

Test(store_report, refuses_pages_that_are_too_long)
{
    chengis_build_query query = CHENGIS_BUILD_QUERY_INIT;
    char *json = NULL;

    query.limit = 1001;

    assert_err(chengis_store_builds_json(&json, store, &query), CHENGIS_ERR_INVALID, "limit");
    cr_assert_null(json);
}

Test(store_report, refuses_what_is_no_store)
{
    char *json = NULL;
    uint32_t wrong[64] = {0};
    chengis_store *fake = NULL;
    void *address = wrong;

    memcpy(&fake, &address, sizeof(fake));
    assert_err(chengis_store_status_json(&json, NULL, NULL), CHENGIS_ERR_INVALID, "store");
    assert_err(chengis_store_status_json(&json, fake, NULL), CHENGIS_ERR_INVALID, "store");
    assert_err(chengis_store_status_json(NULL, store, NULL), CHENGIS_ERR_INVALID, "out");
    assert_err(chengis_store_builds_json(NULL, store, NULL), CHENGIS_ERR_INVALID, "out");
}

Test(store_report, survives_each_failing_allocation)
{
    bool reached = true;

    (void)make_build(store, 1);
    for (unsigned nth = 1; reached; nth++) {
        char *json = NULL;
        int rc;

        fault_alloc(nth);
        rc = chengis_store_builds_json(&json, store, NULL);
        reached = fault_alloc_off();
        cr_assert(rc == 0 || (rc == CHENGIS_ERR_NO_MEMORY && json == NULL), "allocation %u: %d",
                  nth, rc);
        chengis_free(json);
    }
}
