#include <iostream>
#include <map>
#include <mutex>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

extern "C" int total(int n) {
	std::map<int, int> sums;
	std::mutex lock;
	std::vector<std::thread> threads;
	for (int part = 0; part < 4; part++)
		threads.emplace_back([&, part] {
			int sum = 0;
			for (int i = part; i < n; i += 4) sum += i;
			std::lock_guard<std::mutex> held(lock);
			sums[part] = sum;
		});
	for (auto &thread : threads) thread.join();
	int all = 0;
	for (auto &[part, sum] : sums) all += sum;
	return all;
}

static std::string message;

extern "C" const char *caught() {
	try {
		throw std::runtime_error("a C++ exception");
	} catch (const std::exception &error) {
		std::ostringstream text;
		text << error.what() << " of " << std::string(error.what()).size() << " letters";
		message = text.str();
		std::cout << std::flush;
	}
	return message.c_str();
}
