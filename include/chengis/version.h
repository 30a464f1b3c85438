/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Version of the headers (compile time) and of the library (run time). Stable within a major
 * version.
 */
#ifndef CHENGIS_VERSION_H
#define CHENGIS_VERSION_H

#include <chengis/export.h>
#include <stdint.h>

CHENGIS_BEGIN_DECLS

#define CHENGIS_VERSION_MAJOR  0
#define CHENGIS_VERSION_MINOR  1
#define CHENGIS_VERSION_PATCH  0
#define CHENGIS_VERSION_STRING "0.1.0"
/** major * 10000 + minor * 100 + patch, for #if. */
#define CHENGIS_VERSION_NUMBER 100
/** Name of the plugin directory below ${libdir}/chengis/: changes when the plugin ABI does. */
#define CHENGIS_ABI "0"

/**
 * Return the version of the library in use, such as "0.1.0".
 *
 * @return static text.
 * @thread any
 * @blocks no
 * @since 0.1
 */
CHENGIS_API const char *chengis_version(void);

CHENGIS_END_DECLS

#endif
