/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Configuration: one table of keys, read from a file, the environment and overrides. For the
 * executables and for hosts that want the same keys; an engine itself takes its options from
 * chengis_engine_options. Stable within a minor version.
 *
 * A later source wins: default, file, environment, override. Nothing is read that the caller did
 * not name: the library looks for no file and never reads the environment of the process.
 */
#ifndef CHENGIS_SYS_CONFIG_H
#define CHENGIS_SYS_CONFIG_H

#include <chengis/diagnostics.h>
#include <chengis/export.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

CHENGIS_BEGIN_DECLS

/** The value of every key and where it came from. Opaque, reference-counted, immutable. */
typedef struct chengis_config chengis_config;

/** One value given by the caller, such as by a command line option. Borrowed for the call. */
typedef struct chengis_config_override {
    const char *key;    /**< such as "database.path". */
    const char *value;  /**< as it would stand in the environment. */
    const char *origin; /**< named in messages and by chengis_config_origin(), such as "--db"; NULL
                           = "override". */
} chengis_config_override;

/** The sources. All zero: the defaults alone. */
typedef struct chengis_config_options {
    uint32_t struct_size;       /**< set by CHENGIS_CONFIG_OPTIONS_INIT. */
    bool file_optional;         /**< a missing file is an empty one. */
    const char *file;           /**< YAML, EDN or JSON, by extension or content; NULL: none. */
    const char *const *environ; /**< NAME=VALUE entries, NULL-terminated; NULL: none. Unknown names
                                   are left alone. */
    const chengis_config_override *overrides; /**< the last one of a key wins. */
    size_t override_count;
    const char *state_dir; /**< where relative default paths lie; NULL: they stay relative. */
} chengis_config_options;
#define CHENGIS_CONFIG_OPTIONS_INIT                                                                \
    {                                                                                              \
        sizeof(chengis_config_options), 0, 0, 0, 0, 0, 0                                           \
    }

/**
 * Read the configuration.
 *
 * Every problem is reported at once: an unknown key (with the nearest one), a value of the wrong
 * type or beyond its limits, each with file, line and column, or with the name of the variable or
 * override. Relative paths in a file count from the folder of that file. A secret key is also read
 * from the file that the variable <NAME>_FILE names.
 *
 * @param out    receives a new reference; release with chengis_config_unref(). Untouched on
 * failure.
 * @param diags  receives a new list, also on failure; release with chengis_diagnostics_unref(). May
 * be NULL.
 * @param opts   copied; NULL = the defaults alone.
 * @return 0, CHENGIS_ERR_CONFIG (the first problem is the message), CHENGIS_ERR_NOT_FOUND (no such
 * file), or another CHENGIS_ERR_*.
 * @thread any
 * @blocks disk
 * @since 0.1
 */
CHENGIS_API int chengis_config_new(chengis_config **out, chengis_diagnostics **diags,
                                   const chengis_config_options *opts);

/**
 * Take one more reference.
 *
 * @param config  the configuration.
 * @return config.
 * @thread any
 * @blocks no
 * @since 0.1
 */
CHENGIS_API chengis_config *chengis_config_ref(chengis_config *config);

/**
 * Drop a reference. With the last one secret values are wiped.
 *
 * @param config  takes; NULL is allowed.
 * @return NULL.
 * @thread any
 * @blocks no
 * @since 0.1
 */
CHENGIS_API chengis_config *chengis_config_unref(chengis_config *config);

/**
 * Return the value of a key as text, whatever its type.
 *
 * @param config  the configuration.
 * @param key     such as "database.path".
 * @return borrowed (valid while config lives); NULL when there is no such key or it has neither
 * value nor default.
 * @thread any
 * @blocks no
 * @since 0.1
 */
CHENGIS_API const char *chengis_config_text(const chengis_config *config, const char *key);

/**
 * Return the value of a number key, or of a duration key in milliseconds.
 *
 * @param config  the configuration.
 * @param key     such as "builds.max-parallel".
 * @return the value; 0 when there is no such key or it is of another type.
 * @thread any
 * @blocks no
 * @since 0.1
 */
CHENGIS_API int64_t chengis_config_int(const chengis_config *config, const char *key);

/**
 * Tell where the value of a key came from.
 *
 * @param config  the configuration.
 * @param key     such as "database.path".
 * @return borrowed (valid while config lives): "default", "FILE:LINE", "environment NAME", the
 * origin of an override; "" when there is no such key.
 * @thread any
 * @blocks no
 * @since 0.1
 */
CHENGIS_API const char *chengis_config_origin(const chengis_config *config, const char *key);

/**
 * List all keys as JSON: an array of {"key", "type", "value", "origin", "default", "environment",
 * "about"}.
 *
 * Numbers and durations (in milliseconds) are numbers, keys without a value are null, secret values
 * are "***"; "default" is left out where there is none.
 *
 * @param out     receives text for chengis_free(). Untouched on failure.
 * @param config  the configuration.
 * @return 0 or CHENGIS_ERR_NO_MEMORY.
 * @thread any
 * @blocks no
 * @since 0.1
 */
CHENGIS_API int chengis_config_json(char **out, const chengis_config *config);

CHENGIS_END_DECLS

#endif
