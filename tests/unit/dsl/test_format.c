/* SPDX-License-Identifier: MIT */
#include "dsl_test.h"

struct format_case {
    char path[32];
    char text[48];
    char format[8];
};

ParameterizedTestParameters(dsl_format, the_name_decides_then_the_first_character)
{
    static struct format_case cases[] = {
        {"Chengisfile", "a: b", "edn"},
        {"dir/Chengisfile", "", "edn"},
        {"a.edn", "a: b", "edn"},
        {"chengis.yml", "{:a 1}", "yaml"},
        {"x/y.yaml", "{}", "yaml"},
        {"p.json", "", "json"},
        {"pipeline", "{\"stages\": []}", "json"},
        {"pipeline", " \n{ \"stages\": []}", "json"},
        {"pipeline", "{}", "json"},
        {"pipeline", "{:stages []}", "edn"},
        {"pipeline", "{ #_x :stages []}", "edn"},
        {"pipeline", "; comment\n{:stages []}", "edn"},
        {"pipeline", "#_x {:stages []}", "edn"},
        {"pipeline", "(a)", "edn"},
        {"pipeline", "# comment\nstages: []", "yaml"},
        {"pipeline", "# comment\n{:stages []}", "edn"},
        {"pipeline", "\xEF\xBB\xBF{:a 1}", "edn"},
        {"pipeline", "stages:", "yaml"},
        {"pipeline", "---\n", "yaml"},
        {"pipeline", "", "yaml"},
        {"pipeline", "#", "yaml"},
        {"pipeline", "{", "edn"},
        {"", "stages:", "yaml"},
        {"my.Chengisfile.d/x", "a", "yaml"},
    };

    return cr_make_param_array(struct format_case, cases, sizeof(cases) / sizeof(cases[0]));
}

ParameterizedTest(struct format_case *row, dsl_format, the_name_decides_then_the_first_character)
{
    cr_expect_str_eq(chg_pipeline_format_of(row->path, row->text, strlen(row->text)), row->format,
                     "%s <%s>", row->path, row->text);
}

Test(dsl_format, text_is_not_read_beyond_its_length)
{
    cr_expect_str_eq(chg_pipeline_format_of("p", "{\"a\"", 1), "edn");
    cr_expect_str_eq(chg_pipeline_format_of("p", "{:a", 0), "yaml");
    cr_expect_str_eq(chg_pipeline_format_of("p", "#_", 1), "yaml");
}

Test(dsl_format, candidates_stand_in_detection_order)
{
    static const char *const expected[] = {"Chengisfile", ".chengis/workflow.yml",
                                           ".chengis/workflow.yaml", "chengis.yml", "chengis.yaml"};

    for (size_t i = 0; i < 5; i++) {
        cr_expect_str_eq(chg_pipeline_files[i].path, expected[i]);
        cr_expect_str_eq(chg_pipeline_files[i].source, i == 0 ? "chengisfile" : "yaml");
        cr_expect_str_eq(chg_pipeline_files[i].format, i == 0 ? "edn" : "yaml");
    }
    cr_expect_null(chg_pipeline_files[5].path);
}
