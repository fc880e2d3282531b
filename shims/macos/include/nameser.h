/* why: `'nameser.h' file not found`: a few BSD programs name the header without its folder.
 * source: the same interface as arpa/nameser.h.
 * zig: 0.14.1-0.17.0. */
#include <arpa/nameser.h>
