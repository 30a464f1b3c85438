/* SPDX-License-Identifier: MIT */
/* Clocks, and times as text. */
#include "base/clock.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/error.h"

#include "base/banned.h"

#define DAY_MS INT64_C(86400000)

/* Set by tests alone; NULL otherwise. */
static _Atomic(const struct chg_clock_fake *) fake_clock;

void chg_clock_set_fake(const struct chg_clock_fake *fake)
{
    atomic_store(&fake_clock, fake);
}

int64_t chg_clock_mono_us(void)
{
    const struct chg_clock_fake *fake = atomic_load(&fake_clock);
    struct timespec now;

    if (fake != NULL)
        return fake->mono_us;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t chg_clock_mono_ms(void)
{
    return chg_clock_mono_us() / 1000;
}

int64_t chg_clock_wall_ms(void)
{
    const struct chg_clock_fake *fake = atomic_load(&fake_clock);
    struct timespec now;

    if (fake != NULL)
        return fake->wall_ms;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static bool is_leap(int64_t year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int days_in_month(int64_t year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

/* Days from 1970-01-01 to the first of January of year (Gregorian, also backwards). */
static int64_t days_before_year(int64_t year)
{
    int64_t y = year - 1;
    int64_t leaps = (y >= 0 ? y / 4 : (y - 3) / 4) - (y >= 0 ? y / 100 : (y - 99) / 100) +
                    (y >= 0 ? y / 400 : (y - 399) / 400);

    return (year - 1970) * 365 + leaps - 477;
}

const char *chg_time_format(char *buffer, size_t size, int64_t epoch_ms)
{
    int64_t days = epoch_ms / DAY_MS;
    int64_t rest = epoch_ms % DAY_MS;
    int64_t year;
    int month = 1;

    if (rest < 0) {
        rest += DAY_MS;
        days--;
    }
    /* 146097 days are 400 years: a guess that is at most one year off. */
    year = 1970 + days * 400 / 146097;
    while (days_before_year(year) > days)
        year--;
    while (days_before_year(year + 1) <= days)
        year++;
    days -= days_before_year(year);
    while (days >= days_in_month(year, month))
        days -= days_in_month(year, month++);
    (void)snprintf(buffer, size, "%04lld-%02d-%02dT%02d:%02d:%02d.%03dZ", (long long)year, month,
                   (int)days + 1, (int)(rest / 3600000), (int)(rest / 60000 % 60),
                   (int)(rest / 1000 % 60), (int)(rest % 1000));
    return buffer;
}

/* Read exactly `digits` digits; false when they are not there. */
static bool take_number(const char **text, int digits, int *out)
{
    int value = 0;

    for (int i = 0; i < digits; i++) {
        if ((*text)[i] < '0' || (*text)[i] > '9')
            return false;
        value = value * 10 + ((*text)[i] - '0');
    }
    *text += digits;
    *out = value;
    return true;
}

static bool take_char(const char **text, const char *allowed)
{
    if (**text == '\0' || strchr(allowed, **text) == NULL)
        return false;
    (*text)++;
    return true;
}

static bool take_date(const char **p, int64_t *days)
{
    int year;
    int month;
    int day;

    if (!take_number(p, 4, &year) || !take_char(p, "-") || !take_number(p, 2, &month) ||
        !take_char(p, "-") || !take_number(p, 2, &day))
        return false;
    if (month < 1 || month > 12 || day < 1 || day > days_in_month(year, month))
        return false;
    *days = days_before_year(year) + day - 1;
    for (int m = 1; m < month; m++)
        *days += days_in_month(year, m);
    return true;
}

/* "HH:MM:SS" with an optional fraction, of which milliseconds are kept. */
static bool take_time(const char **p, int64_t *ms)
{
    int hour;
    int minute;
    int second;
    int scale = 100;
    int fraction = 0;

    if (!take_number(p, 2, &hour) || !take_char(p, ":") || !take_number(p, 2, &minute) ||
        !take_char(p, ":") || !take_number(p, 2, &second))
        return false;
    /* 60 is a leap second. */
    if (hour > 23 || minute > 59 || second > 60)
        return false;
    if (take_char(p, ".")) {
        int digit;

        if (!take_number(p, 1, &digit))
            return false;
        do {
            fraction += digit * scale;
            scale /= 10;
        } while (take_number(p, 1, &digit));
    }
    *ms = ((int64_t)hour * 60 + minute) * 60000 + (int64_t)second * 1000 + fraction;
    return true;
}

static bool take_offset(const char **p, int64_t *ms)
{
    bool west = **p == '-';
    int hour;
    int minute;

    *ms = 0;
    if (take_char(p, "Zz"))
        return true;
    if (!take_char(p, "+-") || !take_number(p, 2, &hour) || !take_char(p, ":") ||
        !take_number(p, 2, &minute) || hour > 23 || minute > 59)
        return false;
    *ms = ((int64_t)hour * 60 + minute) * (west ? -60000 : 60000);
    return true;
}

int chg_time_parse(int64_t *out, const char *text)
{
    const char *p = text != NULL ? text : "";
    int64_t days;
    int64_t ms;
    int64_t offset;

    if (!take_date(&p, &days) || !take_char(&p, "Tt ") || !take_time(&p, &ms) ||
        !take_offset(&p, &offset) || *p != '\0')
        return chg_error_set(CHENGIS_ERR_INVALID,
                             "'%s' is not a time, expected one like 2026-01-31T12:00:00Z",
                             text != NULL ? text : "");
    *out = days * DAY_MS + ms - offset;
    return 0;
}
