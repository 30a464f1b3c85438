/* SPDX-License-Identifier: MIT */
/* Visibility and attribute macros used by every public header. */
#ifndef CHENGIS_EXPORT_H
#define CHENGIS_EXPORT_H

#if defined(__GNUC__) || defined(__clang__)
#define CHENGIS_API               __attribute__((visibility("default")))
#define CHENGIS_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#else
#define CHENGIS_API
#define CHENGIS_PRINTF(fmt, args)
#endif

#ifdef __cplusplus
#define CHENGIS_BEGIN_DECLS extern "C" {
#define CHENGIS_END_DECLS   }
#else
#define CHENGIS_BEGIN_DECLS
#define CHENGIS_END_DECLS
#endif

#endif
