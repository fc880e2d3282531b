/* why: headers of glibc 2.38 and later name strtol, scanf and their like otherwise where C23 is in force.
   source: glibc 2.38's release notes; ziglang/zig#17536.
   zig: every version, linux, beside newer-glibc.c and glibc-on-musl.c. */

#if !defined(__GLIBC__) || __GLIBC_MINOR__ < 38
OWN long __isoc23_strtol(const char *text, char **end, int base) { return strtol(text, end, base); }
OWN long long __isoc23_strtoll(const char *text, char **end, int base) { return strtoll(text, end, base); }
OWN unsigned long __isoc23_strtoul(const char *text, char **end, int base) { return strtoul(text, end, base); }
OWN unsigned long long __isoc23_strtoull(const char *text, char **end, int base) { return strtoull(text, end, base); }
OWN intmax_t __isoc23_strtoimax(const char *text, char **end, int base) { return strtoimax(text, end, base); }
OWN uintmax_t __isoc23_strtoumax(const char *text, char **end, int base) { return strtoumax(text, end, base); }
OWN long __isoc23_wcstol(const wchar_t *text, wchar_t **end, int base) { return wcstol(text, end, base); }
OWN long long __isoc23_wcstoll(const wchar_t *text, wchar_t **end, int base) { return wcstoll(text, end, base); }
OWN unsigned long __isoc23_wcstoul(const wchar_t *text, wchar_t **end, int base) { return wcstoul(text, end, base); }
OWN unsigned long long __isoc23_wcstoull(const wchar_t *text, wchar_t **end, int base) { return wcstoull(text, end, base); }
OWN int __isoc23_vsscanf(const char *text, const char *format, va_list list) { return vsscanf(text, format, list); }
OWN int __isoc23_vfscanf(FILE *file, const char *format, va_list list) { return vfscanf(file, format, list); }
OWN int __isoc23_vscanf(const char *format, va_list list) { return vscanf(format, list); }

OWN int __isoc23_sscanf(const char *text, const char *format, ...) {
    va_list list;
    va_start(list, format);
    int count = vsscanf(text, format, list);
    va_end(list);
    return count;
}

OWN int __isoc23_fscanf(FILE *file, const char *format, ...) {
    va_list list;
    va_start(list, format);
    int count = vfscanf(file, format, list);
    va_end(list);
    return count;
}

OWN int __isoc23_scanf(const char *format, ...) {
    va_list list;
    va_start(list, format);
    int count = vscanf(format, list);
    va_end(list);
    return count;
}
#endif
