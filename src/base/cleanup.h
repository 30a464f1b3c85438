/* SPDX-License-Identifier: MIT */
/* Scope-bound release of locals: chg_auto(str) s = CHG_STR_INIT; chg_autofree char *p = NULL; chg_autofd int fd = -1; */
#ifndef CHG_BASE_CLEANUP_H
#define CHG_BASE_CLEANUP_H

#include "base/alloc.h"

#include <unistd.h>

/* A value type NAME with NAME_fini(): struct chg_NAME released by chg_NAME_fini(&x). */
#define chg_auto(name) __attribute__((cleanup(chg_##name##_fini))) struct chg_##name

/* A pointer to a handle of public TYPE with TYPE_unref(): needs CHG_DEFINE_AUTOPTR(TYPE, TYPE_unref) once. */
#define chg_autoptr(type) __attribute__((cleanup(type##_autoptr_))) type *
#define CHG_DEFINE_AUTOPTR(type, release)                                                          \
    static inline void type##_autoptr_(type **ptr)                                                 \
    {                                                                                              \
        if (*ptr != NULL)                                                                          \
            (void)release(*ptr);                                                                   \
    }                                                                                              \
    struct chg_autoptr_##type##_semicolon_

static inline void chg_autofree_(void *ptr)
{
    chg_free(*(void **)ptr);
}
#define chg_autofree __attribute__((cleanup(chg_autofree_)))

static inline void chg_autofd_(const int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
}
#define chg_autofd __attribute__((cleanup(chg_autofd_)))

/* Take the value out of a cleanup variable: return chg_steal(&p); */
#define chg_steal(ptr)                                                                             \
    __extension__({                                                                                \
        __typeof__(ptr) chg_steal_ptr_ = (ptr);                                                    \
        __typeof__(*(ptr)) chg_steal_value_ = *chg_steal_ptr_;                                     \
        *chg_steal_ptr_ = NULL;                                                                    \
        chg_steal_value_;                                                                          \
    })
static inline int chg_steal_fd(int *fd)
{
    int value = *fd;

    *fd = -1;
    return value;
}

#endif
