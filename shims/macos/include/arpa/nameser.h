/* why: `'arpa/nameser.h' file not found`: zig's macOS headers lack it, and resolv.h and DNS code include it.
 * source: RFC 1035, RFC 3596, RFC 2782 and the IANA DNS registry for the numbers; the public BIND 9 ns_* interface for the rest.
 * zig: 0.14.1-0.17.0. */
#ifndef CGOZIG_ARPA_NAMESER_H
#define CGOZIG_ARPA_NAMESER_H

#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#define NS_PACKETSZ 512
#define NS_MAXDNAME 1025
#define NS_MAXMSG 65535
#define NS_MAXCDNAME 255
#define NS_MAXLABEL 63
#define NS_HFIXEDSZ 12
#define NS_QFIXEDSZ 4
#define NS_RRFIXEDSZ 10
#define NS_INT16SZ 2
#define NS_INT32SZ 4
#define NS_INADDRSZ 4
#define NS_IN6ADDRSZ 16
#define NS_DEFAULTPORT 53

#define PACKETSZ NS_PACKETSZ
#define MAXDNAME NS_MAXDNAME
#define MAXCDNAME NS_MAXCDNAME
#define MAXLABEL NS_MAXLABEL
#define HFIXEDSZ NS_HFIXEDSZ
#define QFIXEDSZ NS_QFIXEDSZ
#define RRFIXEDSZ NS_RRFIXEDSZ
#define INT16SZ NS_INT16SZ
#define INT32SZ NS_INT32SZ
#define INADDRSZ NS_INADDRSZ
#define NAMESERVER_PORT NS_DEFAULTPORT

typedef enum { ns_s_qd = 0, ns_s_zn = 0, ns_s_an = 1, ns_s_pr = 1, ns_s_ns = 2, ns_s_ud = 2, ns_s_ar = 3, ns_s_max = 4 } ns_sect;
typedef enum { ns_o_query = 0, ns_o_iquery = 1, ns_o_status = 2, ns_o_notify = 4, ns_o_update = 5, ns_o_max = 6 } ns_opcode;
typedef enum { ns_r_noerror = 0, ns_r_formerr = 1, ns_r_servfail = 2, ns_r_nxdomain = 3, ns_r_notimpl = 4, ns_r_refused = 5 } ns_rcode;
typedef enum { ns_c_invalid = 0, ns_c_in = 1, ns_c_chaos = 3, ns_c_hs = 4, ns_c_none = 254, ns_c_any = 255, ns_c_max = 65536 } ns_class;
typedef enum {
    ns_t_invalid = 0, ns_t_a = 1, ns_t_ns = 2, ns_t_cname = 5, ns_t_soa = 6, ns_t_wks = 11, ns_t_ptr = 12, ns_t_hinfo = 13,
    ns_t_mx = 15, ns_t_txt = 16, ns_t_sig = 24, ns_t_key = 25, ns_t_aaaa = 28, ns_t_loc = 29, ns_t_srv = 33, ns_t_naptr = 35,
    ns_t_cert = 37, ns_t_dname = 39, ns_t_opt = 41, ns_t_tsig = 250, ns_t_ixfr = 251, ns_t_axfr = 252, ns_t_any = 255,
    ns_t_max = 65536
} ns_type;

#define QUERY ns_o_query
#define NOERROR ns_r_noerror
#define FORMERR ns_r_formerr
#define SERVFAIL ns_r_servfail
#define NXDOMAIN ns_r_nxdomain
#define NOTIMP ns_r_notimpl
#define REFUSED ns_r_refused
#define C_IN ns_c_in
#define C_CHAOS ns_c_chaos
#define C_HS ns_c_hs
#define C_ANY ns_c_any
#define T_A ns_t_a
#define T_NS ns_t_ns
#define T_CNAME ns_t_cname
#define T_SOA ns_t_soa
#define T_PTR ns_t_ptr
#define T_MX ns_t_mx
#define T_TXT ns_t_txt
#define T_AAAA ns_t_aaaa
#define T_SRV ns_t_srv
#define T_NAPTR ns_t_naptr
#define T_ANY ns_t_any

/* The twelve bytes that begin a message, as both ports' bit fields lie (little-endian). */
typedef struct {
    unsigned id : 16;
    unsigned rd : 1;
    unsigned tc : 1;
    unsigned aa : 1;
    unsigned opcode : 4;
    unsigned qr : 1;
    unsigned rcode : 4;
    unsigned cd : 1;
    unsigned ad : 1;
    unsigned unused : 1;
    unsigned ra : 1;
    unsigned qdcount : 16;
    unsigned ancount : 16;
    unsigned nscount : 16;
    unsigned arcount : 16;
} HEADER;

typedef struct __ns_msg {
    const u_char *_msg, *_eom;
    u_int16_t _id, _flags, _counts[ns_s_max];
    const u_char *_sections[ns_s_max];
    ns_sect _sect;
    int _rrnum;
    const u_char *_msg_ptr;
} ns_msg;

typedef struct __ns_rr {
    char name[NS_MAXDNAME];
    u_int16_t type;
    u_int16_t rr_class;
    u_int32_t ttl;
    u_int16_t rdlength;
    const u_char *rdata;
} ns_rr;

#define ns_msg_id(handle) ((handle)._id + 0)
#define ns_msg_base(handle) ((handle)._msg + 0)
#define ns_msg_end(handle) ((handle)._eom + 0)
#define ns_msg_size(handle) ((handle)._eom - (handle)._msg)
#define ns_msg_count(handle, section) ((handle)._counts[section] + 0)
#define ns_rr_name(rr) (((rr).name[0] != '\0') ? (rr).name : ".")
#define ns_rr_type(rr) ((ns_type)((rr).type + 0))
#define ns_rr_class(rr) ((ns_class)((rr).rr_class + 0))
#define ns_rr_ttl(rr) ((rr).ttl + 0)
#define ns_rr_rdlen(rr) ((rr).rdlength + 0)
#define ns_rr_rdata(rr) ((rr).rdata + 0)

#define ns_get16 res_9_ns_get16
#define ns_get32 res_9_ns_get32
#define ns_put16 res_9_ns_put16
#define ns_put32 res_9_ns_put32
#define ns_initparse res_9_ns_initparse
#define ns_parserr res_9_ns_parserr
#define ns_skiprr res_9_ns_skiprr
#define ns_name_ntop res_9_ns_name_ntop
#define ns_name_pton res_9_ns_name_pton
#define ns_name_unpack res_9_ns_name_unpack
#define ns_name_pack res_9_ns_name_pack
#define ns_name_uncompress res_9_ns_name_uncompress
#define ns_name_compress res_9_ns_name_compress
#define ns_name_skip res_9_ns_name_skip

u_int ns_get16(const u_char *from);
u_long ns_get32(const u_char *from);
void ns_put16(u_int value, u_char *to);
void ns_put32(u_long value, u_char *to);
int ns_initparse(const u_char *msg, int len, ns_msg *handle);
int ns_parserr(ns_msg *handle, ns_sect section, int index, ns_rr *rr);
int ns_skiprr(const u_char *from, const u_char *end, ns_sect section, int count);
int ns_name_ntop(const u_char *from, char *to, size_t len);
int ns_name_pton(const char *from, u_char *to, size_t len);
int ns_name_unpack(const u_char *msg, const u_char *end, const u_char *from, u_char *to, size_t len);
int ns_name_pack(const u_char *from, u_char *to, int len, const u_char **names, const u_char **last);
int ns_name_uncompress(const u_char *msg, const u_char *end, const u_char *from, char *to, size_t len);
int ns_name_compress(const char *from, u_char *to, size_t len, const u_char **names, const u_char **last);
int ns_name_skip(const u_char **from, const u_char *end);

#define GETSHORT(value, from) do { (value) = (u_int16_t)((from)[0] << 8 | (from)[1]); (from) += 2; } while (0)
#define GETLONG(value, from) \
    do { (value) = (u_int32_t)(from)[0] << 24 | (from)[1] << 16 | (from)[2] << 8 | (from)[3]; (from) += 4; } while (0)

#ifdef __cplusplus
}
#endif

#endif
