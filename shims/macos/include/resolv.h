/* why: `'resolv.h' file not found`: zig's macOS headers lack it, and modules that look up DNS records through libresolv include it.
 * source: resolver(3) and the public BIND 9 interface; macOS prefixes every name with res_9_; size 552 as in Go's net_darwin.go.
 * zig: 0.14.1-0.17.0. */
#ifndef CGOZIG_RESOLV_H
#define CGOZIG_RESOLV_H

#include <arpa/nameser.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#define MAXNS 3
#define MAXDFLSRCH 3
#define MAXDNSRCH 6
#define MAXRESOLVSORT 10
#define RES_TIMEOUT 5
#define RES_DFLRETRY 2
#define _PATH_RESCONF "/etc/resolv.conf"

#define RES_INIT 0x00000001
#define RES_DEBUG 0x00000002
#define RES_USEVC 0x00000008
#define RES_IGNTC 0x00000020
#define RES_RECURSE 0x00000040
#define RES_DEFNAMES 0x00000080
#define RES_STAYOPEN 0x00000100
#define RES_DNSRCH 0x00000200
#define RES_DEFAULT (RES_RECURSE | RES_DEFNAMES | RES_DNSRCH)

typedef enum { res_goahead, res_nextns, res_modified, res_done, res_error } res_sendhookact;
typedef res_sendhookact (*res_send_qhook)(struct sockaddr_in *const *ns, const u_char **query, int *querylen, u_char *ans,
                                          int anssiz, int *resplen);
typedef res_sendhookact (*res_send_rhook)(const struct sockaddr_in *ns, const u_char *query, int querylen, u_char *ans, int anssiz,
                                          int *resplen);

struct __res_state {
    int retrans;
    int retry;
    u_long options;
    int nscount;
    struct sockaddr_in nsaddr_list[MAXNS];
    u_short id;
    char *dnsrch[MAXDNSRCH + 1];
    char defdname[256];
    u_long pfcode;
    unsigned ndots : 4;
    unsigned nsort : 4;
    char unused[3];
    struct {
        struct in_addr addr;
        u_int32_t mask;
    } sort_list[MAXRESOLVSORT];
    res_send_qhook qhook;
    res_send_rhook rhook;
    int res_h_errno;
    int _vcsock;
    u_int _flags;
    u_int _pad;
    u_int64_t _private[5];
};
typedef struct __res_state *res_state;
#define nsaddr nsaddr_list[0]

union res_sockaddr_union {
    struct sockaddr_in sin;
    struct sockaddr_in6 sin6;
    char _room[128];
};

#define res_init res_9_init
#define res_query res_9_query
#define res_search res_9_search
#define res_querydomain res_9_querydomain
#define res_mkquery res_9_mkquery
#define res_send res_9_send
#define res_close res_9_close
#define res_ninit res_9_ninit
#define res_nclose res_9_nclose
#define res_ndestroy res_9_ndestroy
#define res_nquery res_9_nquery
#define res_nsearch res_9_nsearch
#define res_nquerydomain res_9_nquerydomain
#define res_nmkquery res_9_nmkquery
#define res_nsend res_9_nsend
#define res_getservers res_9_getservers
#define res_setservers res_9_setservers
#define dn_comp res_9_dn_comp
#define dn_expand res_9_dn_expand
#define dn_skipname res_9_dn_skipname

int res_init(void);
int res_query(const char *name, int cls, int type, u_char *answer, int anslen);
int res_search(const char *name, int cls, int type, u_char *answer, int anslen);
int res_querydomain(const char *name, const char *domain, int cls, int type, u_char *answer, int anslen);
int res_mkquery(int op, const char *name, int cls, int type, const u_char *data, int datalen, const u_char *newrr, u_char *buf,
                int buflen);
int res_send(const u_char *msg, int msglen, u_char *answer, int anslen);
void res_close(void);
int res_ninit(res_state);
void res_nclose(res_state);
void res_ndestroy(res_state);
int res_nquery(res_state, const char *name, int cls, int type, u_char *answer, int anslen);
int res_nsearch(res_state, const char *name, int cls, int type, u_char *answer, int anslen);
int res_nquerydomain(res_state, const char *name, const char *domain, int cls, int type, u_char *answer, int anslen);
int res_nmkquery(res_state, int op, const char *name, int cls, int type, const u_char *data, int datalen, const u_char *newrr,
                 u_char *buf, int buflen);
int res_nsend(res_state, const u_char *msg, int msglen, u_char *answer, int anslen);
int res_getservers(res_state, union res_sockaddr_union *servers, int count);
void res_setservers(res_state, const union res_sockaddr_union *servers, int count);
int dn_comp(const char *name, u_char *out, int len, u_char **names, u_char **last);
int dn_expand(const u_char *msg, const u_char *end, const u_char *from, char *name, int len);
int dn_skipname(const u_char *from, const u_char *end);

#ifdef __cplusplus
}
#endif

#endif
