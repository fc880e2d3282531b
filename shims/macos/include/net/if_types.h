/* why: `'net/if_types.h' file not found`: zig's macOS headers lack it, and code that reads getifaddrs(3) compares sdl_type with it.
 * source: IANA ifType numbers; IFT_GIF and IFT_STF as in the BSDs.
 * zig: 0.14.1-0.17.0. */
#ifndef CGOZIG_NET_IF_TYPES_H
#define CGOZIG_NET_IF_TYPES_H

#define IFT_OTHER 1
#define IFT_ETHER 6
#define IFT_ISO88023 7
#define IFT_ISO88025 9
#define IFT_FDDI 15
#define IFT_PPP 23
#define IFT_LOOP 24
#define IFT_SLIP 28
#define IFT_GIF 55
#define IFT_STF 57
#define IFT_L2VLAN 135
#define IFT_BRIDGE 209

#endif
