// The C program that loads the plugin: host PLUGIN
#include "plugin.h"

#include <stdio.h>
#include <string.h>

#ifdef _WIN32
#include <windows.h>
static void *open_library(const char *path) { return (void *)LoadLibraryA(path); }
static void *find(void *library, const char *name) { return (void *)GetProcAddress((HMODULE)library, name); }
#else
#include <dlfcn.h>
static void *open_library(const char *path) {
	void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (library == NULL) fprintf(stderr, "host: %s\n", dlerror());
	return library;
}
static void *find(void *library, const char *name) { return dlsym(library, name); }
#endif

static const char *config(const struct plugin_instance *instance, const char *key) {
	(void)instance;
	return strcmp(key, "prefix") == 0 ? "out>" : NULL;
}

int main(int argc, char **argv) {
	if (argc != 2) {
		fprintf(stderr, "usage: host PLUGIN\n");
		return 2;
	}
	// The plugin writes to the same stdout without C's buffer.
	setvbuf(stdout, NULL, _IONBF, 0);

	void *library = open_library(argv[1]);
	if (library == NULL) {
		fprintf(stderr, "host: could not load %s\n", argv[1]);
		return 1;
	}
	int (*plugin_register)(struct plugin_definition *) = find(library, "FLBPluginRegister");
	int (*plugin_init)(struct plugin_instance *) = find(library, "FLBPluginInit");
	int (*plugin_flush)(void *, const void *, int, const char *) = find(library, "FLBPluginFlushCtx");
	int (*plugin_exit)(void) = find(library, "FLBPluginExit");
	if (!plugin_register || !plugin_init || !plugin_flush || !plugin_exit) {
		fprintf(stderr, "host: %s lacks a function\n", argv[1]);
		return 1;
	}

	struct plugin_definition definition;
	if (plugin_register(&definition) != FLB_OK) return 1;
	printf("host: registered %s (%s)\n", definition.name, definition.description);

	struct plugin_instance instance = {config, NULL};
	if (plugin_init(&instance) != FLB_OK) return 1;
	const char first[] = "one\ntwo\n", second[] = "three\n";
	if (plugin_flush(instance.context, first, sizeof first - 1, "app") != FLB_OK) return 1;
	if (plugin_flush(instance.context, second, sizeof second - 1, "app") != FLB_OK) return 1;
	if (plugin_exit() != FLB_OK) return 1;
	// The library stays loaded: a Go runtime cannot be unloaded.
	printf("host: done\n");
	return 0;
}
