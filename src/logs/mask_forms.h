/* SPDX-License-Identifier: MIT */
/* The set of byte strings to search for: the values of the secrets and their encoded forms. Wiped
 * when freed. */
#ifndef CHG_LOGS_MASK_FORMS_H
#define CHG_LOGS_MASK_FORMS_H

#include <stddef.h>
#include <stdint.h>

struct chg_mask_form {
    unsigned char *ptr;
    size_t len;
};
struct chg_mask_forms {
    struct chg_mask_form *items;
    size_t len;
    size_t cap;
};

/* Add all forms of a value. 1: too short or blank, nothing added. NO_MEMORY: nothing added. */
int chg_mask_forms_add(struct chg_mask_forms *forms, const char *value, size_t len);
/* Sort by bytes (a prefix before what it begins) and drop doubles. */
void chg_mask_forms_sort(struct chg_mask_forms *forms);
void chg_mask_forms_fini(struct chg_mask_forms *forms);

#endif
