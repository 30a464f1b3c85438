/* SPDX-License-Identifier: MIT */
/* The version of the library at run time. */
#include <chengis/version.h>

#include "base/banned.h"

const char *chengis_version(void)
{
    return CHENGIS_VERSION_STRING;
}
