// What host and plugin know of each other. The shape is that of Fluent Bit's output plugins; the types are this example's own.
#ifndef PLUGIN_H
#define PLUGIN_H

#include <stddef.h>

// A plugin says here who it is.
struct plugin_definition {
	char name[32];
	char description[64];
};

// One configured use of a plugin.
struct plugin_instance {
	// Value of a key of the configuration, or NULL.
	const char *(*config)(const struct plugin_instance *, const char *key);
	// For the plugin: what it wants to find again in FLBPluginFlushCtx.
	void *context;
};

enum { FLB_ERROR, FLB_OK, FLB_RETRY };

// The plugin exports:
//   int FLBPluginRegister(struct plugin_definition *definition);
//   int FLBPluginInit(struct plugin_instance *instance);
//   int FLBPluginFlushCtx(void *context, const void *data, int length, const char *tag);
//   int FLBPluginExit(void);

#endif
