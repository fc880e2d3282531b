/* What the library offers: a text that the caller frees. */
#ifndef GREETING_H
#define GREETING_H

char *greeting(const char *name);

#endif
