/* SPDX-License-Identifier: MIT */
/* Functions that must not be used. Included last in every .c file. */
#ifndef CHG_BASE_BANNED_H
#define CHG_BASE_BANNED_H

#define CHG_BANNED(name) chg_banned_function_##name##_see_base_banned_h

#undef strcpy
#define strcpy(...) CHG_BANNED(strcpy)
#undef strcat
#define strcat(...) CHG_BANNED(strcat)
#undef strncpy
#define strncpy(...) CHG_BANNED(strncpy)
#undef sprintf
#define sprintf(...) CHG_BANNED(sprintf)
#undef vsprintf
#define vsprintf(...) CHG_BANNED(vsprintf)
#undef strtok
#define strtok(...) CHG_BANNED(strtok)
#undef atoi
#define atoi(...) CHG_BANNED(atoi)
#undef atol
#define atol(...) CHG_BANNED(atol)
#undef strtol
#define strtol(...) CHG_BANNED(strtol)
#undef strtoul
#define strtoul(...) CHG_BANNED(strtoul)
#undef gets
#define gets(...) CHG_BANNED(gets)
#undef system
#define system(...) CHG_BANNED(system)
#undef popen
#define popen(...) CHG_BANNED(popen)
#undef rand
#define rand(...) CHG_BANNED(rand)
#undef localtime
#define localtime(...) CHG_BANNED(localtime)
#undef gmtime
#define gmtime(...) CHG_BANNED(gmtime)
#undef asctime
#define asctime(...) CHG_BANNED(asctime)
#undef mktemp
#define mktemp(...) CHG_BANNED(mktemp)
#undef alloca
#define alloca(...) CHG_BANNED(alloca)
#undef printf
#define printf(...) CHG_BANNED(printf)

#endif
