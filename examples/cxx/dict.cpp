#include "dict.h"

#include <atomic>
#include <iostream>
#include <map>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

struct dict {
	std::map<std::string, int> values;
	std::string error;

	int get(const std::string &key) const {
		auto found = values.find(key);
		if (found == values.end()) throw std::out_of_range("no key '" + key + "'");
		return found->second;
	}
};

dict *dict_new(void) { return new dict; }

void dict_free(dict *d) { delete d; }

void dict_set(dict *d, const char *key, int value) { d->values[key] = value; }

int dict_get(dict *d, const char *key, int *value, const char **error) {
	try {
		*value = d->get(key);
		return 0;
	} catch (const std::exception &e) {
		d->error = e.what();
		*error = d->error.c_str();
		return -1;
	}
}

long dict_sum(dict *d) {
	std::atomic<long> sum{0};
	std::vector<std::thread> threads;
	for (const auto &entry : d->values) threads.emplace_back([&sum, &entry] { sum += entry.second; });
	for (auto &thread : threads) thread.join();
	return sum;
}

void dict_print(dict *d) {
	for (const auto &[key, value] : d->values) std::cout << key << '=' << value << '\n';
	std::cout << std::flush;
}
